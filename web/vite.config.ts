import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** The host that `vite dev` and `vite preview` pass the API's requests on to. */
const host = process.env["CICD_HOST"] ?? "http://127.0.0.1:8080";
const proxy = { "/api": { target: host } };

export default defineConfig(({ command }) => ({
  // Addresses relative to each file: the host may nest the pages under any prefix.
  base: command === "build" ? "./" : "/",
  plugins: [react()],
  // The rules lie beside the pages, in the package of `cicd-wasm`.
  server: { proxy, fs: { allow: [".", "../cicd-wasm/npm"] } },
  preview: { proxy },
  build: { target: "es2022", modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  worker: { format: "es" },
  test: {
    include: ["src/**/*.test.{ts,tsx}"],
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    restoreMocks: true,
    unstubGlobals: true,
    testTimeout: 60_000,
  },
}));
