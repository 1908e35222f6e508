/** The release people are answered with, on this instance: a newer one is taken over as soon as it is there, without a restart. */
import type { Pool } from 'pg';
import type { LoadedParts } from '../../bot/index.ts';
import { coalesce } from '../coalesce.ts';
import { AppError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Clock } from '../ports.ts';
import { readContent } from '../store/content-files.ts';
import { readCurrentNumber, readCurrentRelease, type StoredRelease } from '../store/releases.ts';
import type { ContentText } from './manifest.ts';
import { openContent, type OpenedContent, type OpenResult } from './open-content.ts';

export interface Live extends OpenedContent {
  /** number of the release; 0 = the files of this version of the software, because the release does not load */
  number: number;
  files: readonly ContentText[];
}

export interface LiveContent {
  /** from memory; the same object until another release is taken over */
  now: () => Live;
  /** which release it is, and what keeps this instance from the newest one: a code, null = nothing */
  state: () => { number: number; fault: string | null };
  /** does this version of the software run on these files? */
  loads: (files: readonly ContentText[]) => boolean;
  /** looks for a newer release and takes it over */
  follow: () => Promise<void>;
  /** called after each take-over; must not throw */
  onChange: (listener: (live: Live) => void) => void;
}

export interface LiveContentDeps {
  pool: Pool;
  log: Log;
  clock: Clock;
  recordings: readonly string[];
  /** the files of this version of the software: what is fallen back to when the release does not load at the start */
  disk: readonly ContentText[];
}

/** @throws AppError `assets_broken` when neither the release nor the files load */
export async function openLiveContent(deps: LiveContentDeps): Promise<LiveContent> {
  const { pool, log, clock, recordings } = deps;
  const listeners: ((live: Live) => void)[] = [];
  const known: { texts: ReadonlyMap<string, string>; parts: LoadedParts | null } = {
    ...{ texts: new Map(), parts: null },
  };

  async function read(release: StoredRelease): Promise<readonly ContentText[]> {
    const files = await readContent(pool, release.manifest, known.texts);
    known.texts = new Map(files.map(({ path, text }) => [release.manifest[path] ?? '', text]));
    return files;
  }
  function open(files: readonly ContentText[]): OpenResult {
    const opened = openContent(files, { now: clock.now(), recordings, before: known.parts });
    if (opened.ok) {
      known.parts = opened.parts;
      // trained now rather than while somebody waits
      opened.content.assets.intents.model();
    }
    return opened;
  }

  const first = await openFirst();
  const state = { live: first.live, fault: first.fault, broken: first.broken };

  async function openFirst(): Promise<{ live: Live; fault: string | null; broken: number }> {
    const release = await readCurrentRelease(pool);
    if (release !== null) {
      const files = await read(release);
      const opened = open(files);
      if (opened.ok)
        return { live: { ...opened.content, number: release.number, files }, fault: null, broken: 0 };
      log.error({ event: 'release_does_not_load', release: release.number, count: opened.problems.length });
    }
    const opened = open(deps.disk);
    if (!opened.ok) throw new AppError('assets_broken', `\n${describe(opened).join('\n')}`);
    const live = { ...opened.content, number: 0, files: deps.disk };
    return { live, fault: release === null ? null : 'release_does_not_load', broken: release?.number ?? 0 };
  }

  async function look(): Promise<void> {
    const number = await readCurrentNumber(pool);
    // one that did not load will not load the next second either
    if (number === state.live.number || number === state.broken || number === 0) return;
    const release = await readCurrentRelease(pool);
    if (release === null) return;
    const began = performance.now();
    const files = await read(release);
    const opened = open(files);
    if (!opened.ok) {
      state.broken = release.number;
      state.fault = 'release_does_not_load';
      log.error({ event: 'release_does_not_load', release: release.number, count: opened.problems.length });
      return;
    }
    state.live = { ...opened.content, number: release.number, files };
    state.fault = null;
    for (const listener of listeners) listener(state.live);
    log.info({ event: 'release_live', release: release.number, ms: Math.round(performance.now() - began) });
  }

  // one after the other: a look that began before a release was published does not see it
  const shared: { last: Promise<void> } = { last: Promise.resolve() };
  return {
    now: () => state.live,
    state: () => ({ number: state.live.number, fault: state.fault }),
    loads: (files) => openContent(files, { now: clock.now(), recordings, before: known.parts }).ok,
    follow: () => {
      shared.last = shared.last.then(look, look);
      return shared.last;
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

/** Looks whenever somebody says that something was published, and from time to time in case that was missed. */
export function keepFollowing(live: LiveContent, log: Log): () => void {
  return coalesce(
    () => live.follow(),
    (error) => log.warn({ event: 'release_not_looked_for', error }),
  );
}

function describe(opened: OpenResult): readonly string[] {
  if (opened.ok) return [];
  return opened.problems
    .filter(({ severity }) => severity === 'error')
    .map(
      ({ path, line, message, mend }) => `  ${path}${line === null ? '' : `:${line}`}: ${message}; ${mend}`,
    );
}
