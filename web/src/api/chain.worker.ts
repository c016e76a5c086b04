import { chainVerdict } from "./chainVerdict";

globalThis.addEventListener("message", ({ data }: MessageEvent<string>) => {
  // A worker's messages have no target origin.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  void chainVerdict(data).then((verdict) => globalThis.postMessage(verdict));
});
