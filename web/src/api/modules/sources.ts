import { api, body, type Page, type Schema } from "../client";

export type Source = Schema["ListedSource"];
export type SourceDelivery = Schema["SourceDelivery"];

export function listSources(): Promise<Page<Source>> {
  return body(api().GET("/api/v1/sources", { params: { query: { limit: 200 } } }));
}

export function getSource(id: string): Promise<Source> {
  return body(api().GET("/api/v1/sources/{id}", { params: { path: { id } } }));
}

export function listDeliveries(id: string, after?: string): Promise<Page<SourceDelivery>> {
  return body(api().GET("/api/v1/sources/{id}/deliveries", { params: { path: { id }, query: after ? { after } : {} } }));
}

/** Decides a delivery again, by the config as it is now. */
export function redeliver({ source, id }: SourceDelivery, key: string): Promise<SourceDelivery> {
  const params = { path: { id: source, delivery: id }, header: { "Idempotency-Key": key } };
  return body(api().POST("/api/v1/sources/{id}/deliveries/{delivery}/redeliver", { params, body: {} }));
}
