/** One's own desk: break, languages, saved views, and which colleagues are there. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import type { MyDesk } from '../../../api/queue-contract.ts';
import { callApi } from '../app/api.ts';
import { KEYS } from './queries.ts';

const KEY = ['desk'] as const;

export function useMyDesk(enabled: boolean): UseQueryResult<MyDesk> {
  return useQuery({ queryKey: KEY, enabled, queryFn: () => callApi<MyDesk>('GET', '/desk') });
}

/** @returns what to call after a change of one's own desk, or of whose a conversation is */
export function useDeskChanged(): (conversationId?: string) => Promise<void> {
  const client = useQueryClient();
  return async (conversationId) => {
    await Promise.all([
      client.invalidateQueries({ queryKey: KEY }),
      client.invalidateQueries({ queryKey: KEYS.queue }),
      conversationId === undefined
        ? null
        : client.invalidateQueries({ queryKey: KEYS.conversation(conversationId) }),
    ]);
  };
}
