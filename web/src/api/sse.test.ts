import { expect, test } from "vitest";

import { EventParser } from "./sse";

test("events are found wherever the stream was cut", () => {
  const text = 'id: 7\nevent: release.approved\ndata: {"seq":7}\n\n: \n\nid: 8\nevent: ready\ndata: a\ndata: b\n\n';
  const whole = new EventParser().push(text);
  expect(whole).toEqual([
    { id: "7", event: "release.approved", data: '{"seq":7}' },
    { id: "8", event: "ready", data: "a\nb" },
  ]);
  for (let cut = 0; cut <= text.length; cut += 1) {
    const parser = new EventParser();
    expect([...parser.push(text.slice(0, cut)), ...parser.push(text.slice(cut))]).toEqual(whole);
  }
});

test("an event without its end is kept back", () => {
  expect(new EventParser().push("id: 1\ndata: half\n")).toEqual([]);
});
