import { useQuery } from "@tanstack/react-query";

import { myPermissions, type Permissions } from "../../api/modules/permissions";

/** What whoever is signed in may do on `deployment`, as far as it is known already. */
export function usePermissions(deployment: string): Permissions | undefined {
  return useQuery({ queryKey: ["permissions", deployment], queryFn: () => myPermissions(deployment) }).data;
}
