/** A browser that asks for anything, or holds the live stream open, is there. */
import { markPresent, PRESENT_EVERY_MS } from '../store/colleagues.ts';
import type { Actor } from '../store/user-sessions.ts';
import type { Tools } from './route.ts';

/** Written down seldom: a sign of life is one small update each twenty seconds. Never fails what it is asked beside. */
export async function hearFrom(
  tools: Pick<Tools, 'pool' | 'clock'>,
  { aal, presentAt, tokenHash }: Actor,
): Promise<void> {
  const now = tools.clock.now();
  if (aal < 2 || (presentAt !== null && now.getTime() - presentAt.getTime() < PRESENT_EVERY_MS)) return;
  await markPresent(tools.pool, tokenHash, now).catch(() => undefined);
}
