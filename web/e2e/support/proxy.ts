import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

import { HOST } from "./host";

/** What stands between a browser and the host: nests the host below a prefix, and can be cut. */
export class Proxy {
  #server: Server;
  #sockets = new Set<Socket>();
  #cut = false;

  private constructor(readonly prefix: string) {
    this.#server = createServer((asked, answer) => this.#pass(asked, answer));
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      if (this.#cut) socket.destroy();
    });
  }

  /** Listens on a free port of this machine. */
  static async start(prefix = ""): Promise<Proxy> {
    const proxy = new Proxy(prefix);
    await new Promise<void>((resolve) => { proxy.#server.listen(0, "127.0.0.1", resolve); });
    return proxy;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${this.prefix}`;
  }

  /** Breaks every connection, and each that is tried from now on. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#cut = false;
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => { this.#server.close(resolve); });
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    const path = asked.url ?? "/";
    if (!path.startsWith(this.prefix)) return void answer.writeHead(404).end();
    const below = path.slice(this.prefix.length) || "/";
    const url = new URL(below, HOST);
    const headers = { ...asked.headers, "accept-encoding": "identity" };
    const up = request(url, { method: asked.method ?? "GET", headers }, (found) => void this.#answer(found, answer));
    up.on("error", () => answer.destroy());
    answer.on("close", () => up.destroy());
    asked.pipe(up);
  }

  async #answer(found: IncomingMessage, answer: ServerResponse): Promise<void> {
    const html = found.headers["content-type"]?.startsWith("text/html") ?? false;
    if (!html || !this.prefix) return void found.pipe(answer.writeHead(found.statusCode ?? 502, found.headers));
    // The host writes its prefix into the first page; one that was nested by a proxy doesn't know it.
    const text = (await found.toArray()).join("").replaceAll('="/', `="${this.prefix}/`);
    const { "content-length": _, ...headers } = found.headers;
    answer.writeHead(found.statusCode ?? 502, headers).end(text);
  }
}
