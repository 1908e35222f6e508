/** At a start: the files of the repository are taken over, the newest release is opened, and later ones are followed. */
import type { Log } from '../log.ts';
import type { Clock, LiveHub, Transact } from '../ports.ts';
import type { Pool } from 'pg';
import { listRecordings, readDiskFiles } from './disk-files.ts';
import { followFiles } from './follow-files.ts';
import { keepFollowing, type LiveContent, openLiveContent } from './live-content.ts';

/** Notifications may get lost, and the live hub looks each second; this is for the day when both fail. */
const LOOK_MS = 15_000;

export interface StartContentDeps {
  root: string;
  pool: Pool;
  transact: Transact;
  log: Log;
  clock: Clock;
  say: (line: string) => void;
}

export type StartedContent = LiveContent & { recordings: readonly string[] };

/** @throws AppError `assets_broken` when neither a release nor the files load */
export async function startContent(deps: StartContentDeps): Promise<StartedContent> {
  const { root, pool, transact, log, clock, say } = deps;
  const disk = await readDiskFiles(root);
  const recordings = await listRecordings(root);
  const followed = await followFiles(disk, { transact, log, now: clock.now(), recordings });
  if (followed.kind === 'taken') {
    say(`New content files were taken over as release ${followed.number}.`);
    for (const path of followed.left)
      say(`  ${path}: changed here and there in the same lines; what was published here stays.`);
  }
  if (followed.kind === 'not_taken')
    say(
      `The new content files do not go together with what was published here (${followed.faults} faults); people are answered with the last release. Open the studio to bring them together.`,
    );
  const live = await openLiveContent({ pool, log, clock, recordings, disk });
  const { fault, number } = live.state();
  if (fault !== null)
    say(
      `The newest release does not load with this version of the software; people are answered with its own files until another one is published.`,
    );
  else log.info({ event: 'release_live', release: number });
  return { ...live, recordings };
}

/** @returns ends it */
export async function followReleases(
  live: LiveContent,
  hub: Pick<LiveHub, 'subscribe'>,
  log: Log,
): Promise<() => void> {
  const look = keepFollowing(live, log);
  const unsubscribe = await hub.subscribe(null, (signal) => {
    if (signal.type === 'reset' || signal.event.kind === 'content_changed') look();
  });
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    unsubscribe();
  };
}
