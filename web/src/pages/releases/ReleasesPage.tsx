import type { ReleaseFilter } from "../../api/modules/releases";
import { Empty, Failure, Loading } from "../../ui/states";
import { dayBegins, type Filters, useFilters } from "../../ui/useFilters";
import { useTitle } from "../../ui/useTitle";
import { RELEASE_FILTERS, ReleaseFilters, STATUSES } from "./ReleaseFilters";
import { ReleaseTable } from "./ReleaseTable";
import { useReleaseRows } from "./useReleaseRows";

/** Every release, the newest first. The next ones are read as one scrolls. */
export function ReleasesPage() {
  useTitle("All releases");
  const [filters, setFilter] = useFilters(RELEASE_FILTERS);
  const { pages, rows, stale } = useReleaseRows(filterOf(filters));
  const isFiltered = Object.keys(filters).length > 0;
  const isWhole = pages.data !== undefined && !pages.hasNextPage;
  return (
    <>
      <div className="page-head">
        <h1>All releases</h1>
        {pages.data && <p className="muted" role="status">{rows.length.toLocaleString()} {isWhole ? "in all" : "read so far"}</p>}
      </div>
      <ReleaseFilters filters={filters} onChange={setFilter} />
      {stale && <p className="banner" role="status">This may be old: the host doesn't answer.</p>}
      {pages.isPending && <Loading what="the releases" />}
      {pages.error && <Failure error={pages.error} retry={() => void (pages.data ? pages.fetchNextPage() : pages.refetch())} />}
      {isWhole && rows.length === 0 && (isFiltered
        ? <Empty title="No release">None that these filters show. Take one away.</Empty>
        : <Empty title="Nothing was released yet">Open a service and release what one of its runs built.</Empty>)}
      {pages.data && !(isWhole && rows.length === 0) && <ReleaseTable rows={rows} pages={pages} />}
    </>
  );
}

function filterOf({ from, to, status, ...rest }: Filters<(typeof RELEASE_FILTERS)[number]>): ReleaseFilter {
  const since = dayBegins(from);
  const until = dayBegins(to);
  const known = STATUSES.find((name) => name === status);
  return { ...rest, ...(known && { status: known }), ...(since && { since }), ...(until && { until }) };
}
