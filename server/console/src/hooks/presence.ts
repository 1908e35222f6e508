/** Who else has this conversation open. We say that we have, every ten seconds, and are told of the others in the same breath. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';
import type { QueuePresence } from '../../../api/queue-contract.ts';
import type { Presence, PresenceState } from '../../../api/talk-contract.ts';
import { callApi } from '../app/api.ts';
import { useServices } from '../app/services.ts';
import { useStore } from '../app/store.ts';
import { KEYS } from './queries.ts';

const REPEAT_MS = 10_000;
/** While somebody writes: they may stop at any moment. */
const REPEAT_TYPING_MS = 4_000;
/** After the last key we count as writing for so long. */
const TYPING_MS = 5_000;
/** A fast writer says it this often. */
const TELL_TYPING_MS = 3_000;

/** Without news somebody who looked is gone after half a minute. */
const QUEUE_EVERY_MS = 15_000;

/** @returns who else looks at which conversation of the queue */
export function useQueuePresence(): QueuePresence['present'] {
  const { data } = useQuery({
    queryKey: KEYS.queuePresence,
    queryFn: () => callApi<QueuePresence>('GET', '/queue/presence'),
    refetchInterval: QUEUE_EVERY_MS,
  });
  return data?.present ?? [];
}

export type Others = Presence['others'];

/** @returns the others, and what to call with each key in the reply box */
export function usePresence(
  conversationId: string,
  enabled: boolean,
): { others: Others; onTyping: () => void } {
  const { live } = useServices();
  const isLive = useStore(live) !== 'lost';
  const typingUntil = useRef(0);
  const toldAt = useRef(0);
  const path = `/conversations/${conversationId}/presence`;
  const { data, isError, refetch } = useQuery({
    queryKey: KEYS.presence(conversationId),
    enabled,
    queryFn: () => {
      const state: PresenceState = Date.now() < typingUntil.current ? 'typing' : 'reading';
      return callApi<Presence>('POST', path, { state });
    },
    refetchInterval: ({ state }) =>
      state.data?.others.some((one) => one.state === 'typing') === true ? REPEAT_TYPING_MS : REPEAT_MS,
    staleTime: 0,
    gcTime: 0,
  });
  useEffect(() => {
    if (!enabled) return;
    return () => {
      const body = JSON.stringify({ state: 'away' } satisfies { state: PresenceState });
      navigator.sendBeacon(`/api${path}`, new Blob([body], { type: 'application/json' }));
    };
  }, [enabled, path]);
  const onTyping = useCallback(() => {
    const now = Date.now();
    typingUntil.current = now + TYPING_MS;
    if (!enabled || now - toldAt.current < TELL_TYPING_MS) return;
    toldAt.current = now;
    void refetch();
  }, [enabled, refetch]);
  // what was true before the line broke may not be true any more
  return { others: enabled && isLive && !isError ? (data?.others ?? []) : [], onTyping };
}
