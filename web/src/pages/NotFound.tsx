import { Link } from "react-router";

import { Empty } from "../ui/states";
import { useTitle } from "../ui/useTitle";

export function NotFound() {
  useTitle("No such page");
  return <Empty whole title="There is no such page">Go to the <Link to="/">overview</Link>, or look at <Link to="/approvals">what waits for your vote</Link>.</Empty>;
}
