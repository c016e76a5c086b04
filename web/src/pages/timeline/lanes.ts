import type { Deployment } from "../../api/modules/services";
import type { TimelineEntry } from "../../api/modules/timeline";

const TIERS = ["development", "staging", "production"];

/** The environments of a service in the order that leads to production, and which of them an entry belongs to. */
export interface Lanes {
  environments: string[];
  of: (entry: TimelineEntry) => string | undefined;
}

export function lanesOf(deployments: Deployment[]): Lanes {
  const places = new Map(deployments.map(({ id, spec }) => [id, spec.environment]));
  const tiers = new Map(deployments.map(({ spec }) => [spec.environment, TIERS.indexOf(spec.tier)]));
  const environments = [...tiers.keys()].toSorted((a, b) => (tiers.get(a) ?? 0) - (tiers.get(b) ?? 0) || a.localeCompare(b));
  return { environments, of: ({ deployment }) => (deployment ? places.get(deployment) : undefined) };
}
