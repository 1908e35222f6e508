/** What lives as long as the page: the query cache, drafts, unsent replies, the state of the live stream. Nothing is stored here. */
import { QueryCache, QueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { ApiError, codeOf } from './api.ts';
import { createDraftKeeper } from './draft-keeper.ts';
import type { DraftKeeper } from './draft-keeper.ts';
import { createStore, withEntry } from './store.ts';
import type { Store } from './store.ts';
import { createTone } from './tone.ts';
import type { PlayTone } from './tone.ts';

export type LiveStatus = 'connecting' | 'open' | 'lost';

/** A reply that has left the box but is not yet known to the server. */
export interface Unsent {
  clientMessageId: string;
  text: string;
  /** null: on its way; `kept`: from before the page was opened; else why it did not arrive */
  failure: string | null;
  /** newest message when its first letter was typed */
  seenSeq: number;
}

/** Something waits for the second factor to be shown again. */
export interface StepUp {
  /** true: it was shown, and what was asked is repeated; false: not now */
  settle: (shown: boolean) => void;
}

export interface Services {
  queryClient: QueryClient;
  /** replies that are being typed, by conversation */
  drafts: Store<ReadonlyMap<string, string>>;
  /** notes that are being typed, by conversation */
  notes: Store<ReadonlyMap<string, string>>;
  /** newest message when the first letter of the draft was typed, by conversation */
  seen: Store<ReadonlyMap<string, number>>;
  /** a colleague answered after this message while one wrote; shown until the next press of the button */
  collisions: Store<ReadonlyMap<string, number>>;
  /** saves drafts on the server */
  keeper: DraftKeeper;
  unsent: Store<ReadonlyMap<string, readonly Unsent[]>>;
  live: Store<LiveStatus>;
  stepUp: Store<StepUp | null>;
  playTone: PlayTone;
  /** add to the browser's clock to get the server's, in ms */
  clockOffsetMs: Store<number>;
  /** forgets everything about everyone: at sign-out and when the session ends */
  forget: () => void;
}

/** @param onSignedOut called when any answer says that the session is over */
export function createServices(onSignedOut: () => void): Services {
  const queryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (codeOf(error) === 'unauthenticated') onSignedOut();
      },
    }),
    defaultOptions: {
      queries: {
        // refusals are answers; only what may pass is tried again
        retry: (count, error) => count < 3 && (!(error instanceof ApiError) || isPassing(error.code)),
        retryDelay: (count) => 500 * 2 ** count,
        staleTime: 10_000,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
  const drafts = createStore<ReadonlyMap<string, string>>(new Map());
  const unsent = createStore<ReadonlyMap<string, readonly Unsent[]>>(new Map());
  const notes = createStore<ReadonlyMap<string, string>>(new Map());
  const seen = createStore<ReadonlyMap<string, number>>(new Map());
  const collisions = createStore<ReadonlyMap<string, number>>(new Map());
  const keeper = createDraftKeeper({
    read: (id, kind) =>
      kind === 'note'
        ? { text: notes.get().get(id) ?? '', unsent: [], seenSeq: null }
        : {
            text: drafts.get().get(id) ?? '',
            unsent: (unsent.get().get(id) ?? []).map(({ clientMessageId, text }) => ({
              clientMessageId,
              text,
            })),
            seenSeq: seen.get().get(id) ?? null,
          },
    put: ({ conversationId: id, kind, text, unsent: lost, seenSeq }) => {
      const store = kind === 'note' ? notes : drafts;
      if (store.get().has(id) || (kind === 'reply' && unsent.get().has(id))) return false;
      if (text !== '') store.set(withEntry(store.get(), id, text));
      if (kind === 'note') return true;
      if (seenSeq !== null) seen.set(withEntry(seen.get(), id, seenSeq));
      const kept = lost.map((one) => ({ ...one, failure: 'kept', seenSeq: seenSeq ?? 0 }));
      if (kept.length > 0) unsent.set(withEntry(unsent.get(), id, kept));
      return true;
    },
  });
  return {
    ...{ queryClient, drafts, notes, seen, collisions, keeper, unsent },
    live: createStore<LiveStatus>('connecting'),
    stepUp: createStore<StepUp | null>(null),
    playTone: createTone(),
    clockOffsetMs: createStore(0),
    forget: () => {
      queryClient.clear();
      keeper.forget();
      for (const store of [drafts, notes]) store.set(new Map());
      for (const store of [seen, collisions]) store.set(new Map());
      unsent.set(new Map());
    },
  };
}

/** What may be over in a moment: worth trying again. */
export function isPassing(code: string): boolean {
  return code === 'network' || code === 'database_unavailable' || code === 'internal';
}

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === null) throw new Error('no services above this part');
  return services;
}
