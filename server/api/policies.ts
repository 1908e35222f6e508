/** Who may do what, and how surely we must know who it is: the tables that routes, document and the console's menu come from. */
import type { Role } from './contract.ts';

/**
 * `admin` works at the desk too: a small hotline is one person. Editors and reviewers never reach anything a person wrote;
 * officers and auditors see that something happened, not what was said (api/masks.ts).
 */
export const POLICIES = {
  /** own account, own sessions and factors, interface language */
  account: ['counsellor', 'supervisor', 'editor', 'reviewer', 'officer', 'auditor', 'admin'],
  /** see the queue and the conversations in scope; what is in them only with `texts` */
  overview: ['counsellor', 'supervisor', 'officer', 'auditor', 'admin'],
  /** what people wrote, why they are in front, where they come from */
  texts: ['counsellor', 'supervisor', 'admin'],
  /** take, answer, give back, close */
  desk: ['counsellor', 'supervisor', 'admin'],
  /** cases: own ones; those of others with `supervise` */
  cases: ['counsellor', 'supervisor', 'admin'],
  /** see and take over what a colleague has */
  supervise: ['supervisor', 'admin'],
  /** read the audit */
  audit: ['supervisor', 'auditor', 'admin'],
  /** see the accounts, ask for the reset of a lost second factor */
  staff: ['supervisor', 'admin'],
  /** invite, change roles, disable and enable accounts, end their sessions, agree as the second person */
  accounts: ['admin'],
  /** see redacted wordings the bot did not understand, and propose what it should learn */
  teach: ['editor', 'admin'],
  /** see drafts and releases of the content: it holds nothing a person wrote */
  see_content: ['supervisor', 'editor', 'reviewer', 'admin'],
  /** begin and change drafts, submit and publish them, roll back */
  write_content: ['editor', 'admin'],
  /** approve what others wrote, or ask for changes */
  review_content: ['supervisor', 'reviewer', 'admin'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof POLICIES;

export function may(role: Role, permission: Permission): boolean {
  const roles: readonly Role[] = POLICIES[permission];
  return roles.includes(role);
}

export function listPermissions(role: Role): Permission[] {
  return PERMISSIONS.filter((permission) => may(role, permission));
}

const PERMISSIONS: readonly Permission[] = [
  ...([
    'account',
    'overview',
    'texts',
    'desk',
    'cases',
    'supervise',
    'audit',
    'staff',
    'accounts',
    'teach',
    'see_content',
    'write_content',
    'review_content',
  ] as const),
];

/**
 * password: signed in is enough; only what leads to the second factor or out.
 * enrolment: password while the account has no second factor at all, then as `fresh`.
 * factor: the second factor was shown in this session. What a route has that says nothing.
 * fresh: it was shown within `FRESH_MS`; else the console asks for it and repeats the request.
 */
export type Assurance = 'password' | 'enrolment' | 'factor' | 'fresh';

/** OWASP ASVS 5.0, 7.5.3; console.md 9, line 23. */
export const FRESH_MS = 5 * 60_000;

export interface Known {
  aal: number;
  factorAt: Date | null;
  hasFactor: boolean;
}

/** @returns what is missing, or null to go on */
export function findMissingProof(
  known: Known,
  assurance: Assurance,
  now: Date,
): 'factor_required' | 'step_up_required' | null {
  if (assurance === 'password') return null;
  if (known.aal < 2) return assurance === 'enrolment' && !known.hasFactor ? null : 'factor_required';
  if (assurance === 'factor') return null;
  const isFresh = known.factorAt !== null && now.getTime() - known.factorAt.getTime() < FRESH_MS;
  return isFresh ? null : 'step_up_required';
}
