import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link, useNavigate, useParams } from "react-router";

import { getSource, type Source } from "../../api/modules/sources";
import { useTitle } from "../../ui/useTitle";
import { Whole } from "../../ui/Whole";
import { ConfigEditor } from "../settings/ConfigEditor";
import { sourceKind } from "./sourceKinds";

/** What a source is, to be changed or deleted. */
export function SourceSettingsPage() {
  const { id = "" } = useParams();
  const source = useQuery({ queryKey: ["source", id], queryFn: () => getSource(id) });
  useTitle("Settings of a source");
  return <Whole title="Settings of a source" what="the source" query={source}>{(found) => <Settings source={found} />}</Whole>;
}

function Settings({ source }: { source: Source }) {
  const navigate = useNavigate();
  const kind = useMemo(() => sourceKind(source), [source]);
  return (
    <article>
      <div className="page-head"><h1>Settings of <Link to={`/governance/sources/${source.id}`}>{source.name}</Link></h1></div>
      <ConfigEditor key={source.id} kind={kind} onRemoved={() => void navigate("/governance/sources")} />
    </article>
  );
}
