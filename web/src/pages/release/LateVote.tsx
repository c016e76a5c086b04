import { ActionFailure } from "../../ui/states";
import type { RefusedVote } from "./VoteForm";

/** A vote that came too late: why it doesn't count, and what was said with it, so that nobody has to type it twice. */
export function LateVote({ refused: { error, comment } }: { refused: RefusedVote }) {
  return (
    <div className="late-vote">
      <p><strong>Your vote does not count.</strong></p>
      <ActionFailure error={error} />
      {comment && <><p className="muted">You said:</p><blockquote>{comment}</blockquote></>}
    </div>
  );
}
