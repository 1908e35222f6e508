/** Keeps the session alive while someone works, follows the live stream, and leaves when it is over. */
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { LiveChange, Me } from '../../../api/contract.ts';
import { callApi } from '../app/api.ts';
import { startLive } from '../app/live.ts';
import { refetchInTurn } from '../app/refetch.ts';
import { useServices } from '../app/services.ts';
import { KEYS } from './queries.ts';

/** The idle clock is moved at most this often. */
const EXTEND_EVERY_MS = 60_000;
/** WCAG 2.2.1: the warning leaves time to answer it. */
const WARN_BEFORE_MS = 2 * 60_000;

/** Leaves at once: forgets everything, then shows the sign-in page; Back shows nothing of before. */
export function useLeave(): (reason: 'over' | 'signed-out') => void {
  const navigate = useNavigate();
  const services = useServices();
  return useCallback(
    (reason) => {
      services.forget();
      void navigate({ to: '/sign-in', replace: true, search: reason === 'over' ? { over: true } : {} });
    },
    [navigate, services],
  );
}

export function useSignOut(): () => void {
  const leave = useLeave();
  const { keeper } = useServices();
  return () => {
    // what is being typed is kept for the next time
    keeper
      .flush()
      .then(() => callApi('POST', '/sign-out', {}))
      .catch(() => undefined)
      .finally(() => leave('signed-out'));
  };
}

/** One subscription for the page: events only say what to fetch again. */
export function useLiveUpdates(): void {
  const { queryClient, live } = useServices();
  const leave = useLeave();
  useEffect(() => {
    const refetch = refetchInTurn(queryClient);
    const onChange = ({ kind, conversationId }: LiveChange): void => {
      if (kind === 'user_session_ended') {
        refetch(KEYS.me);
        refetch(KEYS.sessions);
        return;
      }
      if (kind === 'channels_changed') {
        refetch(KEYS.channels);
        refetch(KEYS.wall);
        return;
      }
      if (kind === 'content_changed') {
        refetch(['studio']);
        return;
      }
      if (kind === 'mentioned') {
        refetch(KEYS.mentions);
        return;
      }
      if (kind === 'presence_changed') {
        if (conversationId !== null) refetch(KEYS.presence(conversationId));
        refetch(KEYS.queuePresence);
        return;
      }
      if (conversationId !== null && kind !== 'queue_changed') refetch(KEYS.conversation(conversationId));
      refetch(KEYS.wall);
      refetch(KEYS.wellbeing);
      if (kind !== 'delivery_changed') refetch(KEYS.queue);
    };
    return startLive({
      onChange,
      onReset: () => {
        refetch(KEYS.queue);
        refetch(KEYS.wall);
        refetch(['conversation']);
        refetch(KEYS.channels);
        refetch(['studio']);
        refetch(KEYS.mentions);
      },
      onStatus: (status) => live.set(status),
      onDoubt: () => refetch(KEYS.me),
    });
  }, [queryClient, live, leave]);
}

/** Typing, clicking and touching move the idle clock. @returns seconds left when it is time to warn, else null */
export function useKeepAlive(me: Me): { secondsLeft: number | null; stay: () => void } {
  const { queryClient, clockOffsetMs } = useServices();
  const [secondsLeft, setSecondsLeft] = useState<number | null>(null);
  const lastExtend = useRef(Date.now());
  const stay = useCallback(() => {
    lastExtend.current = Date.now();
    callApi<Me>('POST', '/me/extend', {})
      .then((fresh) => {
        queryClient.setQueryData(KEYS.me, fresh);
        setSecondsLeft(null);
      })
      .catch(() => void queryClient.invalidateQueries({ queryKey: KEYS.me }));
  }, [queryClient]);

  useEffect(() => {
    clockOffsetMs.set(new Date(me.now).getTime() - Date.now());
  }, [me.now, clockOffsetMs]);
  useEffect(() => {
    const active = (): void => {
      if (Date.now() - lastExtend.current > EXTEND_EVERY_MS) stay();
    };
    const kinds = ['keydown', 'pointerdown', 'touchstart'] as const;
    for (const kind of kinds) document.addEventListener(kind, active, { passive: true });
    return () => {
      for (const kind of kinds) document.removeEventListener(kind, active);
    };
  }, [stay]);
  useEffect(() => {
    let asked = false;
    const timer = setInterval(() => {
      const leftMs = new Date(me.idleUntil).getTime() - (Date.now() + clockOffsetMs.get());
      if (leftMs > WARN_BEFORE_MS) {
        setSecondsLeft(null);
        return;
      }
      // another tab may have moved the clock
      if (!asked || leftMs <= 0) void queryClient.invalidateQueries({ queryKey: KEYS.me });
      asked = true;
      setSecondsLeft(Math.max(0, Math.ceil(leftMs / 1000)));
    }, 1000);
    return () => clearInterval(timer);
  }, [me.idleUntil, clockOffsetMs, queryClient]);
  return { secondsLeft, stay };
}
