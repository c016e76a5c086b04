import { FilterField } from "../../ui/FilterField";
import { TextFilter } from "../../ui/TextFilter";
import type { Filters } from "../../ui/useFilters";

export const TIMELINE_FILTERS = ["kind", "environment", "actor", "from", "to", "group"] as const;
type Key = (typeof TIMELINE_FILTERS)[number];

/** What people ask for, and the kinds of events that stand for it. */
const KINDS: [string, string][] = [
  ["Builds", "ci_run.triggered,ci_run.succeeded,ci_run.failed,ci_run.cancelled,ci_run.timed_out"],
  ["Votes", "release.vote_cast,release.approved,release.rejected"],
  ["Ends of rollouts", "release.succeeded,release.failed,release.rolled_back"],
  ["Rules", "ci_config.changed,ci_config.deleted,cd_config.changed,cd_config.deleted,deployment.changed,policy.changed,freeze.added,freeze.lifted,lock.taken,lock.lifted"],
];

interface Props {
  filters: Filters<Key>;
  environments: string[];
  onChange: (key: Key, value: string) => void;
}

/** Narrows a timeline. */
export function TimelineFilters({ filters, environments, onChange }: Props) {
  return (
    <search className="filters">
      <FilterField label="What">
        <select value={filters.kind ?? ""} onChange={(event) => onChange("kind", event.target.value)}>
          <option value="">Everything</option>
          {KINDS.map(([label, kinds]) => <option key={label} value={kinds}>{label}</option>)}
        </select>
      </FilterField>
      <FilterField label="Where">
        <select value={filters.environment ?? ""} onChange={(event) => onChange("environment", event.target.value)}>
          <option value="">Everywhere</option>
          {environments.map((environment) => <option key={environment} value={environment}>{environment}</option>)}
        </select>
      </FilterField>
      <FilterField label="Who"><TextFilter value={filters.actor ?? ""} onChange={(text) => onChange("actor", text)} placeholder="Anybody" /></FilterField>
      <FilterField label="From (UTC)"><input type="date" value={filters.from ?? ""} onChange={(event) => onChange("from", event.target.value)} /></FilterField>
      <FilterField label="Before (UTC)"><input type="date" value={filters.to ?? ""} onChange={(event) => onChange("to", event.target.value)} /></FilterField>
      <FilterField label="Shown">
        <select value={filters.group ?? ""} onChange={(event) => onChange("group", event.target.value)}>
          <option value="">One by one</option>
          <option value="release">By release</option>
        </select>
      </FilterField>
    </search>
  );
}
