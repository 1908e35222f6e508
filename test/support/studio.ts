/** For tests of the studio: the real content as the first release, and checks in their own thread. */
import { createChecks, type Checks } from '../../server/content/checks.ts';
import { readDiskFiles } from '../../server/content/disk-files.ts';
import { followFiles } from '../../server/content/follow-files.ts';
import { type LiveContent, openLiveContent } from '../../server/content/live-content.ts';
import { announce } from '../../server/live.ts';
import { createLog } from '../../server/log.ts';
import type { Clock } from '../../server/ports.ts';
import { repositoryRoot } from './assets.ts';
import type { TestDatabase } from './postgres.ts';

const log = createLog({ level: 'silent' });

export const NO_CONTENT: Pick<LiveContent, 'state' | 'loads'> = {
  state: () => ({ number: 0, fault: null }),
  loads: () => true,
};

export async function openRealContent(database: TestDatabase, clock: Clock): Promise<LiveContent> {
  const disk = await readDiskFiles(repositoryRoot);
  await followFiles(disk, { transact: database.transact, log, now: clock.now(), recordings: [] });
  return openLiveContent({ pool: database.pool, log, clock, recordings: [], disk });
}

/** As main.ts joins them: whoever waits hears of the end by the live event. */
export function openChecks(database: TestDatabase, clock: Clock): Checks {
  return createChecks({
    ...{ pool: database.pool, clock, recordings: [] },
    onDone: () =>
      void database
        .transact((client) =>
          announce(client, [{ kind: 'content_changed', conversationId: null, userId: null }]),
        )
        .catch(() => undefined),
  });
}
