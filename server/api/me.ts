/** One's own account as the browser gets it; and the code of the demo, for those without a telephone. */
import { readTotp, readTotpDraft } from '../store/second-factors.ts';
import type { Actor } from '../store/user-sessions.ts';
import type { Me } from './contract.ts';
import type { ApiDeps } from './deps.ts';
import { listPermissions } from './policies.ts';

export function describeMe(actor: Actor, now: Date): Me {
  const { userId: id, email, displayName, role, uiLanguage, aal } = actor;
  const idleUntil = actor.idleUntil < actor.expiresAt ? actor.idleUntil : actor.expiresAt;
  return {
    ...{ id, email, displayName, role, uiLanguage, aal, permissions: listPermissions(role) },
    factor: aal >= 2 ? 'shown' : actor.hasFactor ? 'asked' : 'missing',
    idleUntil: idleUntil.toISOString(),
    expiresAt: actor.expiresAt.toISOString(),
    now: now.toISOString(),
  };
}

/** Does nothing outside the demo: nobody else hands `showCode` over. */
export async function showDemoCode(
  { showCode, pool, vault }: Pick<ApiDeps, 'showCode' | 'pool' | 'vault'>,
  { userId, email }: Pick<Actor, 'userId' | 'email'>,
): Promise<void> {
  if (showCode === undefined) return;
  const secret = (await readTotpDraft(pool, vault, userId)) ?? (await readTotp(pool, vault, userId));
  if (secret !== null) showCode(email, secret);
}
