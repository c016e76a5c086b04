import { api, body, type Page, type Schema } from "../client";

export type Service = Schema["Service"];
export type Deployment = Schema["Deployment"];

/** A service by its id. */
export function getService(service: string): Promise<Service> {
  return body(api().GET("/api/v1/services/{service}", { params: { path: { service } } }));
}

export function listServices(query: { after?: string; limit?: number } = {}): Promise<Page<Service>> {
  return body(api().GET("/api/v1/services", { params: { query } }));
}

/** Where a service runs. */
export function listDeployments(query: { service?: string; after?: string; limit?: number }): Promise<Page<Deployment>> {
  return body(api().GET("/api/v1/deployments", { params: { query } }));
}

export function getDeployment(deployment: string): Promise<Deployment> {
  return body(api().GET("/api/v1/deployments/{deployment}", { params: { path: { deployment } } }));
}

/** Lets releases start again where nobody knew what runs. */
export async function liftHold({ id, row_version }: Deployment, reason: string): Promise<void> {
  const params = { path: { deployment: id }, query: { reason }, header: { "If-Match": `"${row_version}"` } };
  await api().DELETE("/api/v1/deployments/{deployment}/hold", { params });
}
