/** Publishes drafts whose time has come; what is missing by then holds them back, and says so. */
import { announce } from '../live.ts';
import type { Log } from '../log.ts';
import type { Clock, Transact } from '../ports.ts';
import type { Pool } from 'pg';
import { appendAudit } from '../store/audit.ts';
import { listDueDrafts, lockDraft, readDraft, setDraftState } from '../store/content-drafts.ts';
import type { Checks } from './checks.ts';
import { readDraftContent } from './draft-content.ts';
import { publishDraft } from './publish.ts';

export interface PublishDueDeps {
  pool: Pool;
  transact: Transact;
  clock: Clock;
  log: Log;
  checks: Pick<Checks, 'finish'>;
}

/** Several instances may look at once: each draft is locked, and published or held back once. @returns releases made */
export async function publishDue({ pool, transact, clock, log, checks }: PublishDueDeps): Promise<number> {
  let made = 0;
  for (const id of await listDueDrafts(pool, clock.now())) {
    const seen = await readDraft(pool, id);
    if (seen === null) continue;
    // facts expire by the day, so yesterday's check says nothing about today
    await checks.finish((await readDraftContent(pool, seen)).manifest);
    const number = await transact(async (client) => {
      const draft = await lockDraft(client, id);
      const now = clock.now();
      if (draft?.state !== 'scheduled' || draft.publishAt === null || draft.publishAt > now) return null;
      const by = draft.createdBy.id;
      const result = await publishDraft(client, draft, { by, note: draft.publishNote ?? '', clock });
      const held = result.kind === 'refused' ? result.fault : null;
      if (held !== null) await setDraftState(client, id, 'in_review', { now, heldBack: held });
      await appendAudit(client, {
        ...{ at: now, userId: null, objectKind: 'draft', objectId: id },
        action: held === null ? 'draft_published' : 'draft_held_back',
        detail: result.kind === 'refused' ? { code: result.fault } : { release: result.number },
      });
      await announce(client, [{ kind: 'content_changed', conversationId: null, userId: null }]);
      if (held !== null) log.warn({ event: 'draft_held_back', code: held });
      return result.kind === 'refused' ? null : result.number;
    });
    if (number !== null) made += 1;
  }
  return made;
}
