import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { myApprovals } from "../../api/modules/approvals";
import type { Release } from "../../api/modules/releases";
import { Button } from "../../ui/Button";
import { Empty, Failure, Loading } from "../../ui/states";
import { Time } from "../../ui/Time";
import { useTitle } from "../../ui/useTitle";

/** What waits for a vote of whoever is signed in. */
export function ApprovalsPage() {
  useTitle("Approvals");
  const pages = useInfiniteQuery({
    queryKey: ["inbox", "pages"],
    queryFn: ({ pageParam }) => myApprovals(pageParam ? { after: pageParam } : {}),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
  });
  const releases = pages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <div className="page-head"><h1>Approvals</h1></div>
      {pages.isPending && <Loading what="what waits for your vote" />}
      {pages.error && <Failure error={pages.error} retry={() => void pages.refetch()} />}
      {pages.data && releases.length === 0 && (
        <Empty title="Nothing waits for your vote">
          You see here what others ask for and you may vote on; never what you asked for yourself. Go to the <Link to="/">overview</Link>.
        </Empty>
      )}
      <ul className="inbox">{releases.map((release) => <Entry key={release.id} release={release} />)}</ul>
      {pages.hasNextPage && <Button onPress={() => void pages.fetchNextPage()} pending={pages.isFetchingNextPage}>More</Button>}
    </>
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
      </div>
      <div className="entry-end">
        <Votes release={release} />
        {release.state.status === "pending_approval" && <p className="muted">Expires <Time at={release.state.expires_at} /></p>}
        <Link className="button primary" to={`/releases/${release.id}`}>Review</Link>
      </div>
    </li>
  );
}

function Votes({ release }: { release: Release }) {
  const needed = release.content.approval.requirements.reduce((sum, { count }) => sum + count, 0);
  const given = release.votes.filter((vote) => vote.decision === "approve").length;
  return <p className="tally"><strong>{given}</strong> of <strong>{needed}</strong> votes</p>;
}
