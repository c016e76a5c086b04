/** The roles that come with the host, from the least to the most. An operator's own model may know others: they are listed as they are. */
export const ROLES = ["viewer", "developer", "approver", "release-manager", "auditor", "admin"] as const;
