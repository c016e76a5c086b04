import { api } from "../client";

/** The most that the host gives at once, in bytes. */
export const PIECE_BYTES = 1_048_576;

/** The log of a CI run's last attempt, from the byte `offset` on: at most `PIECE_BYTES`, and none where nothing more is written yet. */
export async function runLog(id: string, offset: number): Promise<Uint8Array> {
  const { data } = await api().GET("/api/v1/ci-runs/{id}/log", { params: { path: { id }, query: { offset, limit: PIECE_BYTES } }, parseAs: "arrayBuffer" });
  return bytesOf(data);
}

/** The log of a release's rollout, as `runLog` reads a run's. */
export async function releaseLog(id: string, offset: number): Promise<Uint8Array> {
  const { data } = await api().GET("/api/v1/releases/{id}/log", { params: { path: { id }, query: { offset, limit: PIECE_BYTES } }, parseAs: "arrayBuffer" });
  return bytesOf(data);
}

function bytesOf(data: ArrayBuffer | undefined): Uint8Array {
  return new Uint8Array(data ?? new ArrayBuffer(0));
}
