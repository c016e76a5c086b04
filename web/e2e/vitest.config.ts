import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["e2e/*.test.ts"],
    environment: "node",
    // One story: what a chapter leaves is where the next begins.
    bail: 1,
    // Each chapter is told when it ends.
    reporters: ["verbose"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
