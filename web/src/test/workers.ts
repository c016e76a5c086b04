import { chainVerdict } from "../api/chainVerdict";

/** What jsdom has no workers for: the worker's own work, on the page's thread. A real browser's worker is the story's. */
export class RulesWorker extends EventTarget {
  postMessage(exported: string): void {
    void chainVerdict(exported).then((data) => this.dispatchEvent(new MessageEvent("message", { data })));
  }

  terminate(): void {}
}

/** One whose script can't be read. */
export class BrokenWorker extends EventTarget {
  postMessage(): void {
    queueMicrotask(() => this.dispatchEvent(new ErrorEvent("error")));
  }

  terminate(): void {}
}

/** One that never gets done. */
export class SilentWorker extends EventTarget {
  static running = 0;

  postMessage(): void {
    SilentWorker.running += 1;
  }

  terminate(): void {
    SilentWorker.running -= 1;
  }
}
