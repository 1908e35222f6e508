/** From turns to the editors' list: redacts what was not understood and stores it, after the turn and apart from it. */
import { createRedactor, type Assets } from '../../bot/index.ts';
import { memoLast } from '../content/live-view.ts';
import type { Log } from '../log.ts';
import type { Clock, Db, Transact, Vault } from '../ports.ts';
import {
  addHeardPhrase,
  forgetAllPhrases,
  forgetOldPhrases,
  forgetPhrasesOf,
  type HeardText,
} from '../store/heard-phrases.ts';
import { vietnamDay } from '../vietnam-day.ts';

/** A text that taught nothing, of a conversation nothing speaks against (`mayLearn` of the engine). Lives in memory only. */
export interface Unheard {
  conversationId: string;
  text: string;
}

export interface Collector {
  /** Returns at once. What cannot be stored is lost: no turn ever waits for it or fails with it. */
  collect: (unheard: readonly Unheard[]) => void;
  /** They turned out to be in danger: what only they wrote before goes, as when they are erased. Returns at once. */
  withdraw: (conversationIds: readonly string[]) => void;
  /** lets what is being stored finish */
  settle: () => Promise<void>;
}

export interface CollectorDeps {
  assets: () => Assets;
  transact: Transact;
  vault: Vault;
  clock: Clock;
  log: Log;
}

/** Deletes what is older than its days; and everything, when there is no purpose (any more). @returns how many */
export function tidyPhrases({
  pool,
  clock,
  purpose,
}: {
  pool: Db;
  clock: Clock;
  purpose: string | null;
}): Promise<number> {
  return purpose === null ? forgetAllPhrases(pool) : forgetOldPhrases(pool, vietnamDay(clock.now()));
}

export function createCollector({ assets, transact, vault, clock, log }: CollectorDeps): Collector {
  const redactorOf = memoLast(createRedactor);
  const state: { last: Promise<void> } = { last: Promise.resolve() };

  async function store(heard: readonly HeardText[]): Promise<void> {
    try {
      await transact(async (client) => {
        for (const one of heard) await addHeardPhrase(client, vault, one, vietnamDay(clock.now()));
      });
    } catch (error) {
      log.warn({ event: 'phrases_not_stored', count: heard.length, error });
    }
  }

  async function forget(conversationIds: readonly string[]): Promise<void> {
    try {
      await transact(async (client) => {
        for (const id of conversationIds) await forgetPhrasesOf(client, vault, id);
      });
    } catch (error) {
      log.warn({ event: 'phrases_not_forgotten', count: conversationIds.length, error });
    }
  }

  return {
    withdraw: (conversationIds) => {
      state.last = state.last.then(() => forget(conversationIds));
    },
    collect: (unheard) => {
      const heard = unheard.flatMap(({ conversationId, text }): HeardText[] => {
        const redacted = redactorOf(assets())(text);
        return redacted.kind === 'kept' ? [{ conversationId, text: redacted.text, key: redacted.key }] : [];
      });
      // one after the other, so that two writers never wait for each other in a circle
      if (heard.length > 0) state.last = state.last.then(() => store(heard));
    },
    settle: () => state.last,
  };
}
