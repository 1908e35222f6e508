/** Whether the tour of the desk is still to be shown to this account. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Tour } from '../../../api/talk-contract.ts';
import { callApi } from '../app/api.ts';
import { KEYS, useMe } from './queries.ts';

export function useTour(enabled: boolean): boolean {
  const { data } = useQuery({
    queryKey: KEYS.tour,
    enabled,
    queryFn: () => callApi<Tour>('GET', '/me/tour'),
    staleTime: Infinity,
  });
  return data?.done === false;
}

/** @returns shows the tour once more; null for whoever does not work at the desk */
export function useTourAgain(): (() => void) | null {
  const client = useQueryClient();
  const { data: me } = useMe();
  if (me?.permissions.includes('desk') !== true) return null;
  return () => {
    client.setQueryData<Tour>(KEYS.tour, { done: false });
    callApi('POST', '/me/tour', { done: false }).catch(() => undefined);
  };
}
