/** One server-sent event. */
export interface ServerEvent {
  id?: string;
  event: string;
  data: string;
}

/**
 * Cuts a stream's text into events. The browser's own `EventSource` can't be used: it delivers only events whose names
 * are known beforehand, and tells nothing of a refusal.
 */
export class EventParser {
  #rest = "";

  push(text: string): ServerEvent[] {
    const blocks = (this.#rest + text).split("\n\n");
    this.#rest = blocks.pop() ?? "";
    return blocks.map(parse).filter((event) => event !== undefined);
  }
}

function parse(block: string): ServerEvent | undefined {
  const event: ServerEvent = { event: "message", data: "" };
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "id") event.id = value;
    else if (field === "event") event.event = value;
    else if (field === "data") data.push(value);
  }
  event.data = data.join("\n");
  return data.length > 0 ? event : undefined;
}
