import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { listReleases } from "../../api/modules/releases";
import { Button } from "../../ui/Button";
import { Empty, Failure, Loading } from "../../ui/states";
import { Status } from "../../ui/status";
import { Time } from "../../ui/Time";

/** The releases of a service, the newest first. */
export function Releases({ service }: { service: string }) {
  const pages = useInfiniteQuery({
    queryKey: ["releases", service],
    queryFn: ({ pageParam }) => listReleases({ service, limit: 20, ...(pageParam && { after: pageParam }) }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
  });
  const releases = pages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className="card" aria-labelledby="releases">
      <h2 id="releases">Releases</h2>
      {pages.isPending && <Loading what="the releases" />}
      {pages.error && <Failure error={pages.error} retry={() => void pages.refetch()} />}
      {pages.data && releases.length === 0 && <Empty title="Nothing was released yet"><Link to={`/services/${service}/release`}>Release a succeeded run</Link>.</Empty>}
      <ul className="rows">
        {releases.map((release) => (
          <li key={release.id}>
            <Link to={`/releases/${release.id}`} className="version">{release.version}</Link>
            <span>{release.kind.type === "rollback" ? "back to" : "to"} {release.environment}</span>
            <Status status={release.state.status} />
            <span className="muted small">{release.requester}, <Time at={release.created_at} /></span>
          </li>
        ))}
      </ul>
      {pages.hasNextPage && <Button onPress={() => void pages.fetchNextPage()} pending={pages.isFetchingNextPage}>More releases</Button>}
    </section>
  );
}
