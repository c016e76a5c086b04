import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { overview } from "../../api/modules/overview";
import { Empty, Failure, Loading } from "../../ui/states";
import { matrixOf } from "../overview/matrix";
import { Glance } from "../overview/Matrix";
import { HoldNote } from "./HoldNote";

/** The environments of a service in the order that leads to production, each with what runs and what comes. */
export function Lane({ service }: { service: string }) {
  const glances = useQuery({ queryKey: ["overview", service], queryFn: () => overview({ service, limit: 200 }) });
  const row = glances.data && matrixOf(glances.data.items);
  return (
    <section aria-labelledby="lane">
      <h2 id="lane" className="sr-only">Environments</h2>
      {glances.isPending && <Loading what="where it runs" />}
      {glances.error && !glances.data && <Failure error={glances.error} retry={() => void glances.refetch()} />}
      {glances.data?.items.length === 0 && <Empty title="It runs nowhere yet"><Link to={`/services/${service}/deployment`}>Add a deployment</Link>: a place where it runs, such as staging.</Empty>}
      <ol className="lane">
        {row?.environments.map((environment) => (
          <li key={environment} className="card">
            <h3>{environment}</h3>
            {row.rows[0]?.cells.get(environment)?.map((glance) => <div key={glance.deployment}><Glance glance={glance} />{glance.hold && <HoldNote deployment={glance.deployment} hold={glance.hold} />}</div>)}
          </li>
        ))}
      </ol>
    </section>
  );
}
