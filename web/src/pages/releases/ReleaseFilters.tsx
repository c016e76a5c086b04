import type { ReleaseStatus } from "../../api/modules/releases";
import { FilterField } from "../../ui/FilterField";
import { statusText } from "../../ui/status";
import { TextFilter } from "../../ui/TextFilter";
import type { Filters } from "../../ui/useFilters";

export const RELEASE_FILTERS = ["status", "service", "environment", "deployment", "requester", "from", "to"] as const;
type Key = (typeof RELEASE_FILTERS)[number];

export const STATUSES: ReleaseStatus[] = ["pending_approval", "approved", "executing", "succeeded", "failed", "rolled_back", "rejected", "cancelled"];

const TEXTS: { key: Key; label: string; placeholder: string }[] = [
  { key: "service", label: "Service", placeholder: "Any" },
  { key: "environment", label: "Environment", placeholder: "Any" },
  { key: "deployment", label: "Deployment", placeholder: "Any" },
  { key: "requester", label: "Asked for by", placeholder: "Anybody" },
];

interface Props {
  filters: Filters<Key>;
  onChange: (key: Key, value: string) => void;
}

/** Narrows the releases. */
export function ReleaseFilters({ filters, onChange }: Props) {
  return (
    <search className="filters">
      <FilterField label="Status">
        <select value={filters.status ?? ""} onChange={(event) => onChange("status", event.target.value)}>
          <option value="">Any</option>
          {STATUSES.map((status) => <option key={status} value={status}>{statusText(status)}</option>)}
        </select>
      </FilterField>
      {TEXTS.map(({ key, label, placeholder }) => (
        <FilterField key={key} label={label}><TextFilter value={filters[key] ?? ""} placeholder={placeholder} onChange={(text) => onChange(key, text)} /></FilterField>
      ))}
      <FilterField label="From (UTC)"><input type="date" value={filters.from ?? ""} onChange={(event) => onChange("from", event.target.value)} /></FilterField>
      <FilterField label="Before (UTC)"><input type="date" value={filters.to ?? ""} onChange={(event) => onChange("to", event.target.value)} /></FilterField>
    </search>
  );
}
