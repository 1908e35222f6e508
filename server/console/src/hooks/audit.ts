/** Reads the audit a page at a time. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { AuditPage } from '../../../api/contract.ts';
import { callApi } from '../app/api.ts';

export interface AuditFilter {
  userId?: string;
  action?: string;
  object?: string;
}

/** Each look is a row of the audit itself: only when the filter changes. */
export function useAudit(filter: AuditFilter): UseInfiniteQueryResult<InfiniteData<AuditPage>> {
  return useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam }) =>
      callApi<AuditPage>('POST', '/audit/search', {
        ...filter,
        ...(pageParam === 0 ? {} : { beforeId: pageParam }),
      }),
    initialPageParam: 0,
    getNextPageParam: (page) => (page.hasMore ? page.rows.at(-1)?.id : undefined),
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    placeholderData: keepPreviousData,
  });
}
