/** A mark says in one sign what the words beside it say in full. */
export interface Mark {
  mark: string;
  tone: string;
}

const MARKS: [RegExp, Mark][] = [
  [/\.(succeeded|approved|promoted|vote_cast)$/, { mark: "✓", tone: "good" }],
  [/\.(failed|rejected|timed_out)$/, { mark: "✕", tone: "bad" }],
  [/\.(rolled_back|stopping|cancelled)$/, { mark: "↶", tone: "warn" }],
  [/\.(started|progressed|resumed)$/, { mark: "▶", tone: "busy" }],
  [/^(freeze|lock|policy|deployment|cd_config|ci_config)\./, { mark: "⚙", tone: "idle" }],
];

export function markOf(kind: string): Mark {
  return MARKS.find(([pattern]) => pattern.test(kind))?.[1] ?? { mark: "•", tone: "idle" };
}
