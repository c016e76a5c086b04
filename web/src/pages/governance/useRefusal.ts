import { useQuery } from "@tanstack/react-query";

import { type Action, denied, myTenantPermissions } from "../../api/modules/permissions";

/** Why the caller may not do `action` in the whole tenant; nothing when it may, or when nobody knows. */
export function useRefusal(action: Action): string | undefined {
  const permissions = useQuery({ queryKey: ["permissions", "tenant"], queryFn: myTenantPermissions });
  return denied(permissions.data, [action]);
}
