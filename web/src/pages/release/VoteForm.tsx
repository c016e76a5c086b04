import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Label, TextArea, TextField } from "react-aria-components";

import { approve, type Ballot, reject } from "../../api/modules/approvals";
import type { ReleaseDetail } from "../../api/modules/releases";
import { Button } from "../../ui/Button";
import { ActionFailure } from "../../ui/states";
import { useKeyed } from "../../ui/useKeyed";

export type Verdict = "approve" | "reject";

interface Cast extends Omit<Ballot, "key"> {
  verdict: Verdict;
}

interface Props {
  release: ReleaseDetail;
  disabledReason: string | undefined;
  /** Hears of a vote that counts. */
  onVoted?: (verdict: Verdict) => void;
  /** Hears of one that does not, with what was said: the form may be gone by then. */
  onRefused?: (refused: RefusedVote) => void;
}

/** A vote that doesn't count. */
export interface RefusedVote {
  error: unknown;
  comment: string | undefined;
}

/** A vote on the content that is on the screen. */
export function VoteForm({ release, disabledReason, onVoted, onRefused }: Props) {
  const [comment, setComment] = useState("");
  const client = useQueryClient();
  const vote = useKeyed(({ verdict, ...ballot }: Cast, key) => (verdict === "approve" ? approve({ ...ballot, key }) : reject({ ...ballot, key })), {
    onSuccess: (_, { verdict }) => onVoted?.(verdict),
    onError: (error, { comment: said }) => onRefused?.({ error, comment: said }),
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: ["release", release.id] }), client.invalidateQueries({ queryKey: ["inbox"] })]),
  });
  const cast = (verdict: Verdict) => {
    const said = comment.trim();
    vote.mutate({ verdict, release: release.id, content: release.content_digest, ...(said && { comment: said }) });
  };
  const underway = vote.isPending ? vote.variables.verdict : undefined;
  const last = release.outstanding.reduce((sum, { missing }) => sum + missing, 0) === 1;
  return (
    <div className="vote-form">
      <TextField value={comment} onChange={setComment}>
        <Label>Comment <span className="muted">(needed to reject)</span></Label>
        <TextArea rows={2} />
      </TextField>
      {disabledReason === undefined && <p className="muted">{last ? "Yours is the last vote: the rollout starts as soon as its gates are open." : "More votes are needed after yours."}</p>}
      <div className="actions">
        <Button primary onPress={() => cast("approve")} pending={underway === "approve"} disabledReason={disabledReason}>Approve</Button>
        <Button danger onPress={() => cast("reject")} pending={underway === "reject"} disabledReason={disabledReason ?? (comment.trim() === "" ? "Say why first." : undefined)}>Reject</Button>
      </div>
      <ActionFailure error={vote.error} />
    </div>
  );
}
