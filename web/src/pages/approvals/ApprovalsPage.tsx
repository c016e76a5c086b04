import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { myApprovals } from "../../api/modules/approvals";
import { myTenantPermissions } from "../../api/modules/permissions";
import { listReleases, type Release } from "../../api/modules/releases";
import { Button } from "../../ui/Button";
import { Empty, Failure, Loading } from "../../ui/states";
import { useFilters } from "../../ui/useFilters";
import { usePages } from "../../ui/usePages";
import { useTitle } from "../../ui/useTitle";
import { LateVote } from "../release/LateVote";
import { Entry, type Outcome } from "./Entry";

/** Whose votes are shown: one's own to give, those that a role of one's own is asked for, or all. */
type Shown = "mine" | "roles" | "all";

/** What waits for a vote: of whoever is signed in, of those who hold the same roles, or of anybody. */
export function ApprovalsPage() {
  useTitle("Approvals");
  const [filters, setFilter] = useFilters(["show"] as const);
  const shown: Shown = filters.show === "all" || filters.show === "roles" ? filters.show : "mine";
  const [outcome, setOutcome] = useState<Outcome>();
  const own = useQuery({ queryKey: ["permissions", { of: "tenant" }], queryFn: myTenantPermissions, enabled: shown === "roles" });
  const pages = usePages(["inbox", "pages", shown === "mine"], (after) => waiting(shown === "mine", after ? { after } : {}));
  const items = shown === "roles" ? pages.items.filter((release) => isAskedOf(release, own.data?.roles ?? [])) : pages.items;
  return (
    <>
      <div className="page-head">
        <h1>Approvals</h1>
        <label className="filter-field">Shown
          <select value={shown} onChange={(event) => setFilter("show", event.target.value === "mine" ? "" : event.target.value)}>
            <option value="mine">Waiting for my vote</option>
            <option value="roles">Waiting for votes by my roles</option>
            <option value="all">Waiting for anybody's vote</option>
          </select>
        </label>
      </div>
      {pages.isPending && <Loading what="what waits for a vote" />}
      {pages.error && <Failure error={pages.error} retry={() => void pages.refetch()} />}
      {pages.data && items.length === 0 && <NothingWaits shown={shown} />}
      <div role="status">{outcome && <Told outcome={outcome} />}</div>
      <ul className="inbox">{items.map((release) => <Entry key={release.id} release={release} onOutcome={setOutcome} />)}</ul>
      {pages.hasNextPage && <Button onPress={() => void pages.fetchNextPage()} pending={pages.isFetchingNextPage}>More</Button>}
    </>
  );
}

function waiting(mine: boolean, query: { after?: string }) {
  return mine ? myApprovals(query) : listReleases({ ...query, status: "pending_approval" });
}

/** Whether one of `roles` is asked to vote on it. */
function isAskedOf({ content }: Release, roles: string[]): boolean {
  return content.approval.requirements.some(({ role }) => roles.includes(role));
}

/** What became of one's last vote. */
function Told({ outcome }: { outcome: Outcome }) {
  const { service, version, environment, id } = outcome.release;
  const what = <Link to={`/releases/${id}`}>{service} {version}</Link>;
  if ("verdict" in outcome) return <p className="muted">You {outcome.verdict === "approve" ? "approved" : "rejected"} {what} for {environment}.</p>;
  return <div className="card"><p>{what} for {environment}:</p><LateVote refused={outcome.refused} /></div>;
}

function NothingWaits({ shown }: { shown: Shown }) {
  if (shown === "roles") return <Empty title="Nothing waits for your roles">No vote by a role that you hold in the whole tenant is asked. Look at <Link to="/approvals?show=all">what waits for anybody</Link>.</Empty>;
  if (shown === "all") return <Empty title="Nothing waits for a vote">Nobody asks for one. Go to the <Link to="/">overview</Link>.</Empty>;
  return (
    <Empty title="Nothing waits for your vote">
      You see here what others ask for and you may vote on; never what you asked for yourself. Look at <Link to="/approvals?show=all">what waits for anybody</Link>, or go to the <Link to="/">overview</Link>.
    </Empty>
  );
}
