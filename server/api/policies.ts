/** Who may do what: the one table that the routes, the document and the console's menu come from. */
import type { Role } from './contract.ts';

/**
 * `admin` works at the desk too: a small hotline is one person. Editors never reach anything a person wrote.
 * A technical administrator without access to texts is a role of a later issue.
 */
export const POLICIES = {
  /** own account, own sessions, interface language */
  account: ['counsellor', 'supervisor', 'editor', 'admin'],
  /** see the queue and the conversations in scope */
  desk: ['counsellor', 'supervisor', 'admin'],
  /** see and take over what a colleague has */
  supervise: ['supervisor', 'admin'],
  /** invite, disable and enable accounts, end their sessions */
  accounts: ['admin'],
  /** see redacted wordings the bot did not understand, and propose what it should learn */
  teach: ['editor', 'admin'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof POLICIES;

export function may(role: Role, permission: Permission): boolean {
  const roles: readonly Role[] = POLICIES[permission];
  return roles.includes(role);
}

export function listPermissions(role: Role): Permission[] {
  return PERMISSIONS.filter((permission) => may(role, permission));
}

const PERMISSIONS: readonly Permission[] = ['account', 'desk', 'supervise', 'accounts', 'teach'];
