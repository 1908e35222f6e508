/**
 * Fetches what people sent, after the turn and never in its way: claim a row, get the file, clean it, seal it, write it, and only
 * then say that it is there. Killed anywhere in between, the row is taken up again and what was half written goes to the trash.
 */
import { findAdapter } from '../channels/registry.ts';
import type { Adapter, MediaResult } from '../channels/adapter.ts';
import { MEDIA_KINDS, type MediaKind, mediaLimit } from '../channels/media-rules.ts';
import { assertNever } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Clock, Transact, Vault } from '../ports.ts';
import { insertLiveEvents } from '../store/live-events.ts';
import {
  type Claim,
  type ClaimedMedia,
  claimMedia,
  finishMedia,
  type MediaOutcome,
  sealPreview,
} from '../store/media.ts';
import { claimTrash, forgetTrash, postponeTrash } from '../store/media-trash.ts';
import { placeMediaFile } from '../store/places.ts';
import { createSignal } from '../turns/signal.ts';
import type { Clean } from './cleaner.ts';
import { type MediaFiles, newFileName } from './files.ts';

export interface FetcherDeps {
  transact: Transact;
  vault: Vault;
  clock: Clock;
  log: Log;
  /** a uuid, new for every start */
  instanceId: string;
  adapters: readonly Adapter[];
  clean: Clean;
  /** the first takes what comes, all of them give and delete */
  files: readonly [MediaFiles, ...MediaFiles[]];
  /** 0 ≤ x < 1 */
  random: () => number;
  /** after a commit that consoles should see */
  onChanged: () => void;
  countOutcome?: (channel: string, kind: string, outcome: string) => void;
  /** Calls `fire` after `ms`; returns how to cancel that. `setTimeout` unless told. */
  startTimer?: (ms: number, fire: () => void) => () => void;
}

export interface MediaFetcher {
  /** Takes one file that is due. @returns false when there was none */
  fetchOne: () => Promise<boolean>;
  /** Deletes files whose rows are gone. @returns how many */
  sweepOnce: () => Promise<number>;
  /** begins once the cleaning process is known to work; until then everything waits */
  start: () => void;
  /** gives up what is being fetched; it is taken up after the next start */
  stop: () => Promise<void>;
}

/** Two at a time hold about 150 MB at worst. */
const WORKERS = 2;
/** Nobody looks at a picture sooner, and turns are not slowed by being told of each. */
const POLL_MS = 2_000;
const SWEEP_MS = 10_000;
const SWEEP_FILES = 20;
/** One file from the platform, redirects and all: a drip ends here. */
const FETCH_LIMIT_MS = 90_000;
/** Longer than fetching (90 s), cleaning (30 s) and writing (2 × 60 s) can take together. */
export const MEDIA_LEASE_MS = 5 * 60_000;
/** With the waits below this is half a day: longer than a platform is usually away, or a token takes to be renewed. */
const MAX_ATTEMPTS = 16;
/** A file that ends the cleaning process twice is made to do so. */
const MAX_BROKEN = 2;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 2 * 3_600_000;
const CLEANER_CHECK_MS = 60_000;
/** a GIF: the smallest picture there is */
const ONE_PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAAAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
/** Far above any honest conversation, far below a full disk. */
const MAX_FILES_PER_CONVERSATION = 300;

export function createMediaFetcher(deps: FetcherDeps): MediaFetcher {
  const { clock, log, transact, vault } = deps;
  const startTimer = deps.startTimer ?? startSystemTimer;
  const [store] = deps.files;
  const stopping = new AbortController();
  const signal = createSignal();
  const state: { loops: Promise<void>[] } = { loops: [] };

  async function fetchOne(): Promise<boolean> {
    const now = clock.now();
    const claim: Claim = {
      now,
      leaseOwner: deps.instanceId,
      leaseUntil: new Date(now.getTime() + MEDIA_LEASE_MS),
      place: store.place,
      name: newFileName(),
    };
    const claimed = await transact((client) => claimMedia(client, vault, claim));
    if (claimed === null) return false;
    if ('unreadable' in claimed) {
      log.error({ event: 'media_source_unreadable' });
      await record(claim, claimed.unreadable, null, { state: 'failed', reason: 'unreadable' });
      return true;
    }
    await record(claim, claimed.id, claimed, await take(claimed));
    return true;
  }

  /** Everything between claim and record. Whatever fails here is a try that failed. */
  async function take(media: ClaimedMedia): Promise<MediaOutcome> {
    if (media.attempts > MAX_ATTEMPTS) return { state: 'failed', reason: 'not_given' };
    if (media.stored >= MAX_FILES_PER_CONVERSATION) return { state: 'refused', reason: 'too_many' };
    try {
      const got = await get(media);
      if (got.kind !== 'fetched') return describeMiss(media, got);
      return await keep(media, got.body);
    } catch (error) {
      // our disk, our store, our mistake: never the fault of the file
      log.error({ event: 'media_failed', channel: media.channel, kind: media.kind, error });
      return again(media, null);
    }
  }

  async function get(media: ClaimedMedia): Promise<MediaResult> {
    const adapter = findAdapter(deps.adapters, media.channel, media.account);
    const kind = MEDIA_KINDS.find((one) => one === media.kind);
    if (adapter?.fetchMedia === undefined || kind === undefined)
      return { kind: 'later', code: 'channel_off', retryAfterMs: null };
    const ended = new AbortController();
    const cancelTimer = startTimer(FETCH_LIMIT_MS, () => ended.abort());
    try {
      return await adapter.fetchMedia(
        { type: kind, ...media.source },
        {
          maxBytes: mediaLimit(adapter.channel, kind),
          signal: AbortSignal.any([ended.signal, stopping.signal]),
        },
      );
    } finally {
      cancelTimer();
    }
  }

  async function keep(media: ClaimedMedia, body: Buffer): Promise<MediaOutcome> {
    const cleaned = await deps.clean(body, kindOf(media), { signal: stopping.signal });
    if (cleaned.kind === 'failed') {
      if (stopping.signal.aborted || media.attempts < MAX_BROKEN) return again(media, null);
      log.error({ event: 'media_broke_cleaner', channel: media.channel, kind: media.kind });
      return { state: 'refused', reason: 'damaged' };
    }
    if (cleaned.kind === 'refused') {
      // the platform may have given half of it
      if (cleaned.reason === 'damaged' && media.attempts < MAX_BROKEN) return again(media, null);
      return { state: 'refused', reason: cleaned.reason };
    }
    const sealed = vault.sealBytes(
      media.keyWrapped,
      placeMediaFile(media.id, media.conversationId),
      cleaned.content,
    );
    await store.put(media.name, sealed);
    return {
      state: 'stored',
      shownAs: cleaned.shownAs,
      mediaType: cleaned.mediaType,
      sizeBytes: cleaned.content.length,
      durationMs: cleaned.durationMs,
      preview: cleaned.preview === null ? null : sealPreview(vault, media, cleaned.preview),
    };
  }

  function describeMiss(media: ClaimedMedia, got: Exclude<MediaResult, { kind: 'fetched' }>): MediaOutcome {
    const { channel, kind } = media;
    log.info({ event: 'media_not_fetched', channel, kind, code: got.code, attempts: media.attempts });
    switch (got.kind) {
      case 'gone':
        return { state: 'gone', reason: 'expired' };
      case 'refused':
        return { state: 'refused', reason: got.reason };
      case 'later':
        return again(media, got.retryAfterMs);
      default:
        return assertNever(got);
    }
  }

  /** Stopping is nobody's failure: it is due again at once. */
  function again(media: ClaimedMedia, retryAfterMs: number | null): MediaOutcome {
    const now = clock.now();
    if (stopping.signal.aborted) return { state: 'waiting', notBefore: now, counts: false };
    if (media.attempts >= MAX_ATTEMPTS) return { state: 'failed', reason: 'not_given' };
    const backoffMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (media.attempts - 1));
    const waitMs = Math.max(retryAfterMs ?? 0, backoffMs * (1 + deps.random() / 4));
    return { state: 'waiting', notBefore: new Date(now.getTime() + waitMs), counts: true };
  }

  async function record(
    claim: Claim,
    id: string,
    media: ClaimedMedia | null,
    outcome: MediaOutcome,
  ): Promise<void> {
    const isOurs = await transact(async (client) => {
      const finished = await finishMedia(client, claim, id, outcome, clock.now());
      if (finished && outcome.state !== 'waiting' && media !== null)
        await insertLiveEvents(client, [
          { kind: 'conversation_changed', conversationId: media.conversationId, userId: null },
        ]);
      return finished;
    });
    if (!isOurs || media === null || outcome.state === 'waiting') return;
    const label = outcome.state === 'refused' ? `refused_${outcome.reason}` : outcome.state;
    deps.countOutcome?.(media.channel, media.kind, label);
    deps.onChanged();
  }

  async function sweepOnce(): Promise<number> {
    return transact(async (client) => {
      const now = clock.now();
      const trashed = await claimTrash(client, now, SWEEP_FILES);
      const gone: string[] = [];
      const kept: string[] = [];
      for (const { name, place } of trashed) {
        const files = deps.files.find((one) => one.place === place);
        try {
          if (files === undefined) throw new RangeError('this store is not configured any more');
          await files.delete(name);
          gone.push(name);
        } catch (error) {
          log.error({ event: 'media_not_deleted', error });
          kept.push(name);
        }
      }
      if (gone.length > 0) await forgetTrash(client, gone);
      if (kept.length > 0) await postponeTrash(client, kept, now);
      return gone.length;
    });
  }

  /** A machine on which nothing can be cleaned would refuse every honest file as damaged. */
  async function awaitCleaner(): Promise<void> {
    for (;;) {
      const cleaned = await deps.clean(ONE_PIXEL, 'image', { signal: stopping.signal });
      if (cleaned.kind === 'kept' || stopping.signal.aborted) return;
      log.error({ event: 'media_cleaner_broken' });
      await signal.wait(CLEANER_CHECK_MS);
    }
  }

  async function loop(work: () => Promise<boolean>, restMs: number): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        if (await work()) continue;
      } catch (error) {
        log.error({ event: 'media_loop_failed', error });
      }
      await signal.wait(restMs);
    }
  }

  return {
    fetchOne,
    sweepOnce,
    start: () => {
      const ready = awaitCleaner();
      state.loops = [
        ...Array.from({ length: WORKERS }, () => ready.then(() => loop(fetchOne, POLL_MS))),
        loop(async () => (await sweepOnce()) > 0, SWEEP_MS),
      ];
    },
    stop: async () => {
      stopping.abort();
      signal.close();
      await Promise.all(state.loops);
    },
  };
}

function kindOf({ kind }: ClaimedMedia): MediaKind {
  return MEDIA_KINDS.find((one) => one === kind) ?? 'file';
}

function startSystemTimer(ms: number, fire: () => void): () => void {
  const timer = setTimeout(fire, ms);
  return () => clearTimeout(timer);
}
