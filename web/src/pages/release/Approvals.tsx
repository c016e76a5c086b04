import { useState } from "react";

import { denied, type Permissions } from "../../api/modules/permissions";
import type { ReleaseDetail } from "../../api/modules/releases";
import { Time } from "../../ui/Time";
import { useSession } from "../../app/session";
import { usePermissions } from "./usePermissions";
import { LateVote } from "./LateVote";
import { type RefusedVote, type Verdict, VoteForm } from "./VoteForm";

/** Who agreed, what is missing, and the form for one's own vote. */
export function Approvals({ release }: { release: ReleaseDetail }) {
  const { principal } = useSession();
  const [refused, setRefused] = useState<RefusedVote>();
  const { requirements } = release.content.approval;
  const needed = requirements.reduce((sum, { count }) => sum + count, 0);
  const given = release.votes.filter((vote) => vote.decision === "approve").length;
  const asked = release.state.status === "pending_approval";
  return (
    <section className="card" aria-labelledby="approvals">
      <h2 id="approvals">Approvals</h2>
      {needed === 0 ? <p>Nobody has to agree here.</p> : <p className="tally"><strong>{given}</strong> of <strong>{needed}</strong> votes</p>}
      {asked && release.outstanding.map(({ role, missing }) => <p key={role}>{missing} more by a person with the role <strong>{role}</strong>.</p>)}
      <ul className="votes">
        {release.votes.map((vote) => (
          <li key={vote.person}>
            <strong>{vote.person}</strong> {vote.decision === "approve" ? "✓ approved" : "✕ rejected"} <span className="muted">as {vote.role}, <Time at={vote.at} /></span>
            {vote.comment && <blockquote>{vote.comment}</blockquote>}
          </li>
        ))}
      </ul>
      {asked && <OwnVote release={release} principal={principal} onRefused={setRefused} />}
      {!asked && refused && <LateVote refused={refused} />}
    </section>
  );
}

/** Why a vote would be refused, as far as it is known already. */
function notAsked(release: ReleaseDetail, permissions: Permissions | undefined): string | undefined {
  const refused = denied(permissions, ["release.vote"]);
  if (!permissions || refused) return refused;
  const asked = release.outstanding.map(({ role }) => role);
  return asked.some((role) => permissions.roles.includes(role)) ? undefined : `Only votes by the role ${asked.join(" or ")} are missing.`;
}

interface OwnVoteProps {
  release: ReleaseDetail;
  principal: string;
  onVoted?: (verdict: Verdict) => void;
  onRefused?: (refused: RefusedVote) => void;
}

/** The form for one's own vote, or why there is none. */
export function OwnVote({ release, principal, onVoted, onRefused }: OwnVoteProps) {
  const permissions = usePermissions(release.content.deployment);
  if (release.requester === principal) return <p className="muted">You asked for this release, so somebody else has to agree to it.</p>;
  const own = release.votes.find((vote) => vote.person === principal);
  if (own) return <p className="muted">You have voted.</p>;
  return <VoteForm release={release} disabledReason={notAsked(release, permissions)} {...(onVoted && { onVoted })} {...(onRefused && { onRefused })} />;
}
