/** What lives as long as the page: the query cache, drafts, unsent replies, the state of the live stream. In memory only. */
import { QueryCache, QueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { ApiError, codeOf } from './api.ts';
import { createStore } from './store.ts';
import type { Store } from './store.ts';

export type LiveStatus = 'connecting' | 'open' | 'lost';

/** A reply that has left the box but is not yet known to the server. */
export interface Unsent {
  clientMessageId: string;
  text: string;
  /** null: on its way; else why it did not arrive */
  failure: string | null;
}

/** Something waits for the second factor to be shown again. */
export interface StepUp {
  /** true: it was shown, and what was asked is repeated; false: not now */
  settle: (shown: boolean) => void;
}

export interface Services {
  queryClient: QueryClient;
  drafts: Store<ReadonlyMap<string, string>>;
  unsent: Store<ReadonlyMap<string, readonly Unsent[]>>;
  live: Store<LiveStatus>;
  stepUp: Store<StepUp | null>;
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
  return {
    ...{ queryClient, drafts, unsent },
    live: createStore<LiveStatus>('connecting'),
    stepUp: createStore<StepUp | null>(null),
    clockOffsetMs: createStore(0),
    forget: () => {
      queryClient.clear();
      drafts.set(new Map());
      unsent.set(new Map());
    },
  };
}

function isPassing(code: string): boolean {
  return code === 'network' || code === 'database_unavailable' || code === 'internal';
}

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === null) throw new Error('no services above this part');
  return services;
}
