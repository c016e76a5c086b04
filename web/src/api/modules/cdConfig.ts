import { api, body, type Schema } from "../client";

export type CdConfig = Schema["CdConfig"];
export type CdSpec = Schema["CdSpec"];

/** How releases reach a deployment. */
export function getCdConfig(deployment: string): Promise<CdConfig> {
  return body(api().GET("/api/v1/deployments/{deployment}/cd-config", { params: { path: { deployment } } }));
}
