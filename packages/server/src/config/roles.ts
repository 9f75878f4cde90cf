/** What a user may be; the gateway says what each may do. */
export const ROLES = ['viewer', 'operator', 'lead', 'manager', 'engineer', 'admin', 'device'] as const;
export type Role = (typeof ROLES)[number];
