import { listDeployments } from "../../api/modules/services";
import { Choice } from "../../ui/Choice";
import { usePages } from "../../ui/usePages";

interface Props {
  label: string;
  value: string;
  onChange: (deployment: string) => void;
}

/** One of all the deployments. */
export function DeploymentChoice({ label, value, onChange }: Props) {
  const deployments = usePages(["deployments", { of: "everything" }], (after) => listDeployments({ limit: 200, ...(after && { after }) }));
  return (
    <Choice label={label} what="the deployments" pages={deployments} value={value} onChange={onChange}
      option={({ id, spec }) => ({ value: id, label: `${id} (${spec.tier})` })} />
  );
}
