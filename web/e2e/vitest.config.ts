import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["e2e/*.test.ts"],
    environment: "node",
    // One story: what a chapter leaves is where the next begins.
    bail: 1,
    // Each chapter is told when it ends.
    reporters: ["verbose"],
    // As patient as the browser: machines differ, and no chapter is about how long.
    expect: { poll: { timeout: 60_000 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
