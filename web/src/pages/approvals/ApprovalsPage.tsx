import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { useSession } from "../../app/session";
import { myApprovals } from "../../api/modules/approvals";
import { listReleases, type Release } from "../../api/modules/releases";
import { Button } from "../../ui/Button";
import { Empty, Failure, Loading } from "../../ui/states";
import { Time } from "../../ui/Time";
import { useFilters } from "../../ui/useFilters";
import { useTitle } from "../../ui/useTitle";

/** What waits for a vote: of whoever is signed in, or of anybody. */
export function ApprovalsPage() {
  useTitle("Approvals");
  const [filters, setFilter] = useFilters(["show"] as const);
  const all = filters.show === "all";
  const pages = useInfiniteQuery({
    queryKey: ["inbox", "pages", all],
    queryFn: ({ pageParam }) => waiting(all, pageParam ? { after: pageParam } : {}),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
  });
  const releases = pages.data?.pages.flatMap((page) => page.items) ?? [];
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
      {pages.data && releases.length === 0 && <NothingWaits all={all} />}
      <ul className="inbox">{releases.map((release) => <Entry key={release.id} release={release} />)}</ul>
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

function Entry({ release }: { release: Release }) {
  const rollback = release.kind.type === "rollback";
  return (
    <li className="card">
      <div>
        <h2><Link to={`/releases/${release.id}`}>{release.service} {release.version}</Link></h2>
        <p>{rollback ? "Roll back" : "Deploy"} to <strong>{release.environment}</strong>, asked for by <strong>{release.requester}</strong> <Time at={release.created_at} /></p>
        {release.reason && <blockquote>{release.reason}</blockquote>}
        <OwnPart release={release} />
      </div>
      <div className="entry-end">
        <Votes release={release} />
        {release.state.status === "pending_approval" && <p className="muted">Expires <Time at={release.state.expires_at} /></p>}
        <Link className="button primary" to={`/releases/${release.id}`}>Review</Link>
      </div>
    </li>
  );
}

/** Why a vote of one's own is not asked, where that is known. */
function OwnPart({ release }: { release: Release }) {
  const { principal } = useSession();
  if (release.requester === principal) return <p className="muted">You asked for it, so somebody else has to agree.</p>;
  if (release.votes.some(({ person }) => person === principal)) return <p className="muted">You have voted.</p>;
  return null;
}

function Votes({ release }: { release: Release }) {
  const needed = release.content.approval.requirements.reduce((sum, { count }) => sum + count, 0);
  const given = release.votes.filter((vote) => vote.decision === "approve").length;
  return <p className="tally"><strong>{given}</strong> of <strong>{needed}</strong> votes</p>;
}
