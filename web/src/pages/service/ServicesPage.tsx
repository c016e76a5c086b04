import { Link } from "react-router";

import { listServices } from "../../api/modules/services";
import { Listed } from "../../ui/Listed";
import { Empty } from "../../ui/states";
import { Time } from "../../ui/Time";
import { usePages } from "../../ui/usePages";
import { useTitle } from "../../ui/useTitle";

/** Everything that is built and shipped. */
export function ServicesPage() {
  useTitle("Services");
  const services = usePages(["services"], (after) => listServices(after ? { after } : {}));
  return (
    <>
      <div className="page-head"><h1>Services</h1><Link className="button" to="/register">Register a service</Link></div>
      <Listed what="the services" pages={services} none={<Empty title="No service is registered"><Link to="/register">Register one</Link>, then say how it is built and where it runs.</Empty>}>
        {(items) => (
          <ul className="cards">
            {items.map((service) => (
              <li key={service.id} className="card">
                <h2><Link to={`/services/${service.id}`}>{service.name}</Link></h2>
                <p className="muted"><code>{service.id}</code></p>
                {service.description && <p>{service.description}</p>}
                <p className="muted small">changed by {service.updated_by} <Time at={service.updated_at} /></p>
              </li>
            ))}
          </ul>
        )}
      </Listed>
    </>
  );
}
