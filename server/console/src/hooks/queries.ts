/** What the pages read, and the moves of the desk. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { UseMutationResult, UseQueryResult } from '@tanstack/react-query';
import type {
  Approval,
  Channels,
  Conversation,
  Factors,
  Me,
  Outcome,
  Phrases,
  Queue,
  QueuePage,
  Session,
  User,
} from '../../../api/contract.ts';
import type { QueueFilter } from '../../../api/queue-contract.ts';
import { callApi } from '../app/api.ts';
import { useServices } from '../app/services.ts';
import { useStore } from '../app/store.ts';

export const KEYS = {
  me: ['me'],
  queue: ['queue'],
  wall: ['wall'],
  wellbeing: ['wellbeing'],
  conversation: (id: string) => ['conversation', id],
  sessions: ['sessions'],
  users: ['users'],
  channels: ['channels'],
  factors: ['factors'],
  approvals: ['approvals'],
  phrases: ['phrases'],
  presence: (id: string) => ['presence', id],
  queuePresence: ['queue-presence'],
  canned: (language: string) => ['canned', language],
  tour: ['tour'],
  mentions: ['mentions'],
} as const;

export function useMe(): UseQueryResult<Me> {
  return useQuery({ queryKey: KEYS.me, queryFn: () => callApi<Me>('GET', '/me'), staleTime: Infinity });
}

export function useQueue(enabled: boolean): UseQueryResult<Queue> {
  const { live, clockOffsetMs } = useServices();
  const isLive = useStore(live) === 'open';
  return useQuery({
    queryKey: KEYS.queue,
    enabled,
    queryFn: async () => {
      const queue = await callApi<Queue>('GET', '/queue');
      clockOffsetMs.set(new Date(queue.now).getTime() - Date.now());
      return queue;
    },
    // the stream tells; asking now and then only guards against a stream that is silently dead
    refetchInterval: isLive ? 60_000 : 5_000,
  });
}

/** How many there are of a filter, in each list. */
export function useFilteredCounts(filter: QueueFilter, enabled: boolean): UseQueryResult<QueuePage> {
  return useQuery({
    queryKey: [...KEYS.queue, 'counts', filter],
    enabled,
    queryFn: () => callApi<QueuePage>('POST', '/queue/list', { tab: 'mine', filter, offset: 0, limit: 1 }),
    placeholderData: keepPreviousData,
  });
}

export function useConversation(id: string | null): UseQueryResult<Conversation> {
  return useQuery({
    queryKey: KEYS.conversation(id ?? ''),
    enabled: id !== null,
    queryFn: () => callApi<Conversation>('GET', `/conversations/${id ?? ''}`),
    // each read is audited: only when something changed
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    gcTime: 60_000,
  });
}

export function useSessions(): UseQueryResult<{ sessions: Session[] }> {
  return useQuery({ queryKey: KEYS.sessions, queryFn: () => callApi('GET', '/me/sessions') });
}

export function useUsers(): UseQueryResult<{ users: User[] }> {
  return useQuery({ queryKey: KEYS.users, queryFn: () => callApi('GET', '/users') });
}

export function useFactors(): UseQueryResult<Factors> {
  return useQuery({ queryKey: KEYS.factors, queryFn: () => callApi<Factors>('GET', '/me/factors') });
}

export function useApprovals(enabled: boolean): UseQueryResult<{ approvals: Approval[] }> {
  return useQuery({
    queryKey: KEYS.approvals,
    enabled,
    queryFn: () => callApi('GET', '/approvals'),
    // nobody is told by the stream; a colleague waits for minutes, not for seconds
    refetchInterval: 30_000,
  });
}

export function useChannels(): UseQueryResult<Channels> {
  return useQuery({
    queryKey: KEYS.channels,
    queryFn: () => callApi<Channels>('GET', '/channels'),
    // alarms come by the stream; the figures may be a minute old
    refetchInterval: 60_000,
  });
}

export function usePhrases(): UseQueryResult<Phrases> {
  return useQuery({
    queryKey: KEYS.phrases,
    queryFn: () => callApi<Phrases>('GET', '/phrases'),
    // each read is audited
    staleTime: Infinity,
    refetchOnMount: 'always',
    refetchOnWindowFocus: false,
    gcTime: 60_000,
  });
}

export type Move =
  | { kind: 'next'; filter: QueueFilter }
  | { kind: 'take'; id: string; over?: { from: string; reason: string } }
  | { kind: 'return'; id: string; entry?: string }
  | { kind: 'release'; id: string }
  | ({ kind: 'close'; id: string } & Closing);

/** How a conversation ends: see CloseSchema. */
export interface Closing {
  outcome: Outcome;
  reason?: string;
  wantsTalk?: boolean;
}

/** @returns a mutation that gives the id of the conversation that moved */
export function useMove(): UseMutationResult<string, Error, Move> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (move: Move) => {
      if (move.kind === 'next')
        return (await callApi<{ conversationId: string }>('POST', '/queue/next', { filter: move.filter }))
          .conversationId;
      const { kind, id } = move;
      const body =
        kind === 'close'
          ? closingOf(move)
          : kind === 'take' && move.over !== undefined
            ? move.over
            : kind === 'return' && move.entry !== undefined
              ? { entry: move.entry }
              : {};
      await callApi('POST', `/conversations/${id}/${kind}`, body);
      return id;
    },
    onSettled: async (id, _error, move) => {
      const conversation = id ?? ('id' in move ? move.id : null);
      await Promise.all([
        client.invalidateQueries({ queryKey: KEYS.queue }),
        conversation === null
          ? null
          : client.invalidateQueries({ queryKey: KEYS.conversation(conversation) }),
      ]);
    },
  });
}

function closingOf({ outcome, reason, wantsTalk }: Closing): Closing {
  return {
    outcome,
    ...(reason === undefined ? {} : { reason }),
    ...(wantsTalk === undefined ? {} : { wantsTalk }),
  };
}
