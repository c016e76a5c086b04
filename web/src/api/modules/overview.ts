import { api, body, type Page, type Schema } from "../client";

export type DeploymentGlance = Schema["DeploymentGlance"];
export type ReleaseGlance = Schema["ReleaseGlance"];

/** What runs where, what waits, and what needs somebody. */
export function overview(query: { service?: string; environment?: string; after?: string; limit?: number } = {}): Promise<Page<DeploymentGlance>> {
  return body(api().GET("/api/v1/overview", { params: { query } }));
}
