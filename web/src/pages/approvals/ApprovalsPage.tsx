import { useState } from "react";
import { Link } from "react-router";

import { myApprovals } from "../../api/modules/approvals";
import { listReleases } from "../../api/modules/releases";
import { Button } from "../../ui/Button";
import { Empty, Failure, Loading } from "../../ui/states";
import { useFilters } from "../../ui/useFilters";
import { usePages } from "../../ui/usePages";
import { useTitle } from "../../ui/useTitle";
import { Entry } from "./Entry";

/** What waits for a vote: of whoever is signed in, or of anybody. */
export function ApprovalsPage() {
  useTitle("Approvals");
  const [filters, setFilter] = useFilters(["show"] as const);
  const all = filters.show === "all";
  const [told, setTold] = useState("");
  const pages = usePages(["inbox", "pages", all], (after) => waiting(all, after ? { after } : {}));
  return (
    <>
      <div className="page-head">
        <h1>Approvals</h1>
        <label className="filter-field">Shown
          <select value={all ? "all" : ""} onChange={(event) => setFilter("show", event.target.value)}>
            <option value="">Waiting for my vote, by any of my roles</option>
            <option value="all">Waiting for anybody's vote</option>
          </select>
        </label>
      </div>
      {pages.isPending && <Loading what="what waits for a vote" />}
      {pages.error && <Failure error={pages.error} retry={() => void pages.refetch()} />}
      {pages.data && pages.items.length === 0 && <NothingWaits all={all} />}
      <p className="muted" role="status">{told}</p>
      <ul className="inbox">{pages.items.map((release) => <Entry key={release.id} release={release} onVoted={setTold} />)}</ul>
      {pages.hasNextPage && <Button onPress={() => void pages.fetchNextPage()} pending={pages.isFetchingNextPage}>More</Button>}
    </>
  );
}

function waiting(all: boolean, query: { after?: string }) {
  return all ? listReleases({ ...query, status: "pending_approval" }) : myApprovals(query);
}

function NothingWaits({ all }: { all: boolean }) {
  if (all) return <Empty title="Nothing waits for a vote">Nobody asks for one. Go to the <Link to="/">overview</Link>.</Empty>;
  return (
    <Empty title="Nothing waits for your vote">
      You see here what others ask for and you may vote on; never what you asked for yourself. Look at <Link to="/approvals?show=all">what waits for anybody</Link>, or go to the <Link to="/">overview</Link>.
    </Empty>
  );
}
