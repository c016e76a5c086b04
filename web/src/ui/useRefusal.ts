import { useQuery } from "@tanstack/react-query";

import { type Action, denied, myPermissions, myTenantPermissions } from "../api/modules/permissions";

/** Why the caller may not do `action` in the whole tenant, nor at `deployment` where one is named; nothing when it may, or when nobody knows. */
export function useRefusal(action: Action, deployment?: string): string | undefined {
  const everywhere = useQuery({ queryKey: ["permissions", { of: "tenant" }], queryFn: myTenantPermissions });
  const refusal = denied(everywhere.data, [action]);
  // A role may hold at one place alone, which is asked only where the answer can differ.
  const isOpen = refusal !== undefined && deployment !== undefined && deployment !== "";
  const there = useQuery({ queryKey: ["permissions", deployment], queryFn: () => myPermissions(deployment ?? ""), enabled: isOpen });
  return isOpen && there.data ? denied(there.data, [action]) : refusal;
}
