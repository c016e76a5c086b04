import { FilterField } from "../../ui/FilterField";
import { TextFilter } from "../../ui/TextFilter";
import type { Filters } from "../../ui/useFilters";

export const AUDIT_FILTERS = ["chain", "kind", "actor", "service", "deployment", "release", "subject", "from", "to"] as const;
type Key = (typeof AUDIT_FILTERS)[number];

const TEXTS: { key: Key; label: string; placeholder: string }[] = [
  { key: "kind", label: "Kind", placeholder: "release.approved" },
  { key: "actor", label: "Who", placeholder: "Anybody" },
  { key: "service", label: "Service", placeholder: "Any" },
  { key: "deployment", label: "Deployment", placeholder: "Any" },
  { key: "release", label: "Release", placeholder: "Any, by its id" },
  { key: "subject", label: "About", placeholder: "Any, by its id" },
];

interface Props {
  filters: Filters<Key>;
  onChange: (key: Key, value: string) => void;
}

/** Narrows the events. */
export function AuditFilters({ filters, onChange }: Props) {
  return (
    <search className="filters">
      <FilterField label="Chain">
        <select value={filters.chain ?? "ledger"} onChange={(event) => onChange("chain", event.target.value === "ledger" ? "" : event.target.value)}>
          <option value="ledger">What changed</option>
          <option value="security">What was denied</option>
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
