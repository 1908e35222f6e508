/** Colleagues named in private notes: whom one may name in a conversation, and where one was named oneself. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { QueryClient, UseMutationResult, UseQueryResult } from '@tanstack/react-query';
import type { Mentions, Nameable } from '../../../api/mentions-contract.ts';
import { callApi } from '../app/api.ts';
import { useServices } from '../app/services.ts';
import { useStore } from '../app/store.ts';
import { KEYS } from './queries.ts';

/** who may read changes with every move: below the conversation's own key, so that it is asked again */
const nameable = (id: string) => ({
  queryKey: [...KEYS.conversation(id), 'colleagues'],
  queryFn: () => callApi<Nameable>('GET', `/conversations/${id}/colleagues`),
});

export function useNameable(conversationId: string): UseQueryResult<Nameable> {
  return useQuery(nameable(conversationId));
}

export async function fetchNameable(client: QueryClient, conversationId: string): Promise<Nameable> {
  return client.query({ ...nameable(conversationId), staleTime: 30_000 });
}

export function useMentions(): UseQueryResult<Mentions> {
  const isLive = useStore(useServices().live) === 'open';
  return useQuery({
    queryKey: KEYS.mentions,
    queryFn: () => callApi<Mentions>('GET', '/mentions'),
    // the stream tells
    refetchInterval: isLive ? 5 * 60_000 : 30_000,
  });
}

export function useMentionsSeen(): UseMutationResult<unknown, Error, readonly string[]> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (noteIds: readonly string[]) => callApi('POST', '/mentions/seen', { noteIds }),
    onSettled: () => client.invalidateQueries({ queryKey: KEYS.mentions }),
  });
}
