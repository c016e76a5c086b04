import "@testing-library/jest-dom/vitest";

import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach, beforeAll } from "vitest";

import { forgetSeen } from "../api/consistency";
import { server } from "./server";

// Generous: on a busy machine a page takes its time, and no test is about how long.
configure({ asyncUtilTimeout: 15_000 });
// jsdom lays nothing out, so nothing scrolls.
window.scrollTo = () => undefined;
beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => {
  cleanup();
  server.resetHandlers();
  forgetSeen();
  localStorage.clear();
});
afterAll(() => server.close());
