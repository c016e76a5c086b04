import { useQuery } from "@tanstack/react-query";
import { memo, type Ref } from "react";
import { Link } from "react-router";

import { getRelease, type Release } from "../../api/modules/releases";
import { Status } from "../../ui/status";
import { Time } from "../../ui/Time";

interface Props {
  release: Release;
  index: number;
  ref: Ref<HTMLTableRowElement>;
}

/** A release in the list. It is read again when an event tells that it changed. */
export const Row = memo(function Row({ release: read, index, ref }: Props) {
  const { data } = useQuery<Release>({
    queryKey: ["release", read.id, "row"],
    queryFn: () => getRelease(read.id),
    initialData: read,
    staleTime: Infinity,
    gcTime: Infinity,
    meta: { isPartOfList: true },
  });
  const release = data.row_version > read.row_version ? data : read;
  return (
    <tr ref={ref} data-index={index} aria-rowindex={index + 2}>
      <th scope="row"><Link to={`/releases/${release.id}`} className="version">{release.version}</Link>{release.kind.type === "rollback" && <span className="chip">rollback</span>}</th>
      <td data-label="Service"><Link to={`/services/${release.service}`}>{release.service}</Link></td>
      <td data-label="Where to">{release.environment}</td>
      <td data-label="Status"><Status status={release.state.status} /></td>
      <td data-label="Asked for by">{release.requester}</td>
      <td data-label="When" className="when"><Time at={release.created_at} /></td>
    </tr>
  );
});
