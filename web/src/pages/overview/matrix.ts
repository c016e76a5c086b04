import type { DeploymentGlance } from "../../api/modules/overview";

/** Services by environments, as the overview shows them. */
export interface MatrixModel {
  environments: string[];
  rows: { service: string; needsAttention: boolean; cells: Map<string, DeploymentGlance[]> }[];
}

const TIERS = { development: 0, staging: 1, production: 2 } as const;

/** Orders environments towards production, and services with those that need somebody first. */
export function matrixOf(glances: DeploymentGlance[]): MatrixModel {
  const tiers = new Map<string, number>();
  const cells = grouped(glances);
  for (const { environment, tier } of glances) tiers.set(environment, Math.max(tiers.get(environment) ?? 0, TIERS[tier]));
  const environments = [...tiers.keys()].toSorted((a, b) => (tiers.get(a) ?? 0) - (tiers.get(b) ?? 0) || a.localeCompare(b));
  const rows = [...cells].map(([service, own]) => ({
    service,
    needsAttention: own.some((glance) => glance.attention.length > 0),
    cells: new Map(environments.map((environment) => [environment, own.filter((glance) => glance.environment === environment)])),
  }));
  return { environments, rows: rows.toSorted((a, b) => Number(b.needsAttention) - Number(a.needsAttention) || a.service.localeCompare(b.service)) };
}

function grouped(glances: DeploymentGlance[]): Map<string, DeploymentGlance[]> {
  const groups = new Map<string, DeploymentGlance[]>();
  for (const glance of glances) groups.set(glance.service, [...(groups.get(glance.service) ?? []), glance]);
  return groups;
}
