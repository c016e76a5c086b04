import { expect, test } from "vitest";

import { at, isSame, type Json, put, step } from "./json";
import { merge } from "./merge";

const value: Json = { a: { "x/y": [1, 2, 3] }, b: "text" };

test("a pointer names a member, whatever it is called", () => {
  expect(at(value, `/a${step("x/y")}/1`)).toBe(2);
  expect(at(value, "/a/none/deeper")).toBeUndefined();
  expect(at(value, "")).toBe(value);
  expect(at({}, "/toString")).toBeUndefined();
});

test("what is put leaves the rest and the order as they were", () => {
  const next = put(value, "/a/x~1y/1", 9);
  expect(next).toEqual({ a: { "x/y": [1, 9, 3] }, b: "text" });
  expect(Object.keys(put(value, "/a", 1) as object)).toEqual(["a", "b"]);
  expect(put(value, "/b", undefined)).toEqual({ a: { "x/y": [1, 2, 3] } });
  expect(put(value, "/a/x~1y/0", undefined)).toEqual({ a: { "x/y": [2, 3] }, b: "text" });
  expect(put(value, "/c/d", true)).toEqual({ a: { "x/y": [1, 2, 3] }, b: "text", c: { d: true } });
});

test("the order of members makes no difference, that of items does", () => {
  expect(isSame({ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 })).toBe(true);
  expect(isSame([1, 2], [2, 1])).toBe(false);
  expect(isSame({ a: 1 }, { a: 1, b: null })).toBe(false);
});

test("changes of different members are both kept", () => {
  const base = { queue: "supersede", deadline: 60, steps: [{ weight: 20 }, { weight: 60 }] };
  const theirs = { queue: "wait", deadline: 60, steps: [{ weight: 20 }, { weight: 70 }] };
  const yours = { queue: "supersede", deadline: 90, steps: [{ weight: 30 }, { weight: 60 }] };
  expect(merge(base, theirs, yours)).toEqual({ merged: { queue: "wait", deadline: 90, steps: [{ weight: 30 }, { weight: 70 }] }, conflicts: [] });
});

test("where both changed the same to something else, one is asked", () => {
  const [base, theirs, yours] = [{ a: 1, gone: 1 }, { a: 2 }, { a: 3, gone: 2 }];
  const asked = merge(base, theirs, yours);
  expect(asked.conflicts.map(({ path }) => path)).toEqual(["/a", "/gone"]);
  expect(asked.merged).toEqual(yours);
  expect(merge(base, theirs, yours, { "/a": "theirs", "/gone": "theirs" }).merged).toEqual({ a: 2 });
});

test("lists of other lengths are one thing: nobody knows which item is which", () => {
  const { merged, conflicts } = merge({ l: [1] }, { l: [1, 2] }, { l: [0] });
  expect(conflicts.map(({ path }) => path)).toEqual(["/l"]);
  expect(merged).toEqual({ l: [0] });
});
