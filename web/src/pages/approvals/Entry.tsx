import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { Link, useSearchParams } from "react-router";

import { useSession } from "../../app/session";
import { overview } from "../../api/modules/overview";
import { getRelease, type Release } from "../../api/modules/releases";
import { Failure, Loading } from "../../ui/states";
import { Time } from "../../ui/Time";
import { OwnVote } from "../release/Approvals";
import type { RefusedVote, Verdict } from "../release/VoteForm";
import { Difference } from "../release/Difference";

interface Props {
  release: Release;
  /** Hears what became of a vote: the entry may be gone from the list by then. */
  onOutcome: (outcome: Outcome) => void;
}

/** A vote that counts, or one that doesn't. */
export type Outcome = { release: Release; verdict: Verdict } | { release: Release; refused: RefusedVote };

/** One release that waits, what it would take the place of, and one's own vote on it. */
export function Entry({ release, onOutcome }: Props) {
  const rollback = release.kind.type === "rollback";
  return (
    <li className="card">
      <div>
        <h2><Link to={`/releases/${release.id}`}>{release.service} {release.version}</Link></h2>
        <p>{rollback ? "Roll back" : "Deploy"} to <strong>{release.environment}</strong>, asked for by <strong>{release.requester}</strong> <Time at={release.created_at} /></p>
        <Versions release={release} />
        {release.reason && <blockquote>{release.reason}</blockquote>}
      </div>
      <div className="entry-end">
        <Votes release={release} />
        {release.state.status === "pending_approval" && <p className="muted">Expires <Time at={release.state.expires_at} /></p>}
        <Link className="button" to={`/releases/${release.id}`}>Everything about it</Link>
      </div>
      <OwnPart release={release} onOutcome={onOutcome} />
    </li>
  );
}

/** What runs there now, and what would. */
function Versions({ release }: { release: Release }) {
  const { service, version, content } = release;
  const glances = useQuery({ queryKey: ["overview", service], queryFn: () => overview({ service, limit: 200 }) });
  if (!glances.data) return null;
  const running = glances.data.items.find(({ deployment }) => deployment === content.deployment)?.running;
  return <p><span className="version">{running?.version ?? "nothing yet"}</span> <span aria-hidden="true">→</span><span className="sr-only">becomes</span> <span className="version">{version}</span></p>;
}

function Votes({ release }: { release: Release }) {
  const needed = release.content.approval.requirements.reduce((sum, { count }) => sum + count, 0);
  const given = release.votes.filter((vote) => vote.decision === "approve").length;
  return <p className="tally"><strong>{given}</strong> of <strong>{needed}</strong> votes</p>;
}

/** One's own vote, or why it is not asked. */
function OwnPart({ release, onOutcome }: Props) {
  const { principal } = useSession();
  const [isOpen, setOpen] = useOpenBallot(release.id);
  const panel = useId();
  if (release.requester === principal) return <p className="muted">You asked for it, so somebody else has to agree.</p>;
  if (release.votes.some(({ person }) => person === principal)) return <p className="muted">You have voted.</p>;
  return (
    <div className="entry-vote">
      <button type="button" className="button primary" aria-expanded={isOpen} aria-controls={panel} onClick={() => setOpen(!isOpen)}>
        Vote on {release.service} {release.version}
      </button>
      <div id={panel}>{isOpen && <Ballot id={release.id} onOutcome={onOutcome} />}</div>
    </div>
  );
}

/** Whether a ballot is open is in the address, so that a ballot can be sent to whoever votes next. */
function useOpenBallot(id: string): [boolean, (open: boolean) => void] {
  const [params, setParams] = useSearchParams();
  const set = (open: boolean) =>
    setParams((before) => {
      before.delete("vote", id);
      if (open) before.append("vote", id);
      return before;
    }, { replace: true, preventScrollReset: true });
  return [params.has("vote", id), set];
}

/** What is voted on comes before the vote. */
function Ballot({ id, onOutcome }: { id: string; onOutcome: (outcome: Outcome) => void }) {
  const release = useQuery({ queryKey: ["release", id], queryFn: () => getRelease(id) });
  const { principal } = useSession();
  if (release.isPending) return <Loading what="the release" />;
  if (!release.data) return <Failure error={release.error} retry={() => void release.refetch()} />;
  if (release.data.state.status !== "pending_approval") return <p className="muted">It is decided already: no vote is asked any more.</p>;
  const found = release.data;
  return (
    <>
      <Difference release={found} />
      <OwnVote release={found} principal={principal} onVoted={(verdict) => onOutcome({ release: found, verdict })} onRefused={(refused) => onOutcome({ release: found, refused })} />
    </>
  );
}
