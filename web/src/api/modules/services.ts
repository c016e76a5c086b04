import { api, body, type Page, type Schema } from "../client";
import { condition, etag } from "../condition";

export type Service = Schema["Service"];
export type ServiceDraft = Schema["ServiceDraft"];
export type Deployment = Schema["Deployment"];
export type DeploymentSpecDraft = Schema["DeploymentSpecDraft"];

/** A service by its id. */
export function getService(service: string): Promise<Service> {
  return body(api().GET("/api/v1/services/{service}", { params: { path: { service } } }));
}

export function listServices(query: { after?: string; limit?: number } = {}): Promise<Page<Service>> {
  return body(api().GET("/api/v1/services", { params: { query } }));
}

/** Changes the service of this version; registers it where there is none. */
export function putService(service: string, draft: ServiceDraft, version: number | undefined, dryRun: boolean): Promise<Service> {
  const params = { path: { service }, query: { dry_run: dryRun }, header: condition(version) };
  return body(api().PUT("/api/v1/services/{service}", { params, body: draft }));
}

/** Where a service runs. */
export function listDeployments(query: { service?: string; after?: string; limit?: number }): Promise<Page<Deployment>> {
  return body(api().GET("/api/v1/deployments", { params: { query } }));
}

export function getDeployment(deployment: string): Promise<Deployment> {
  return body(api().GET("/api/v1/deployments/{deployment}", { params: { path: { deployment } } }));
}

/** Changes the deployment of this version; registers it where there is none. */
export function putDeployment(deployment: string, draft: DeploymentSpecDraft, version: number | undefined, dryRun: boolean): Promise<Deployment> {
  const params = { path: { deployment }, query: { dry_run: dryRun }, header: condition(version) };
  return body(api().PUT("/api/v1/deployments/{deployment}", { params, body: draft }));
}

/** Lets releases start again where nobody knew what runs. */
export async function liftHold({ id, row_version }: Deployment, reason: string): Promise<void> {
  const params = { path: { deployment: id }, query: { reason }, header: { "If-Match": etag(row_version) } };
  await api().DELETE("/api/v1/deployments/{deployment}/hold", { params });
}
