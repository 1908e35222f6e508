/** Plans of safe contact and cases: what the pages read, and changes that show at once. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { UseMutationResult, UseQueryResult } from '@tanstack/react-query';
import type { Case, CaseOf, CaseOptions, Cases, HandoverSheet } from '../../../api/case-contract.ts';
import type { PlanView } from '../../../api/safe-contact-contract.ts';
import { callApi } from '../app/api.ts';
import { KEYS } from './queries.ts';

/** below the conversation's own key: what changes there is fetched again here, too */
const planKey = (id: string) => [...KEYS.conversation(id), 'plan'];
const caseOfKey = (id: string) => [...KEYS.conversation(id), 'case'];
const CASES = ['cases'];

/** each read is audited: only when something changed */
const AUDITED = { staleTime: Infinity, refetchOnWindowFocus: false, gcTime: 60_000 } as const;

export function usePlan(conversationId: string): UseQueryResult<PlanView> {
  return useQuery({
    queryKey: planKey(conversationId),
    queryFn: () => callApi<PlanView>('GET', `/conversations/${conversationId}/plan`),
    ...AUDITED,
  });
}

/** @returns posts below the conversation, then reads it again */
export function useConversationPost(conversationId: string): UseMutationResult<unknown, Error, Post> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ path, body }: Post) => callApi('POST', `/conversations/${conversationId}/${path}`, body),
    onSettled: () => client.invalidateQueries({ queryKey: KEYS.conversation(conversationId) }),
  });
}

export interface Post {
  path: string;
  body: object;
}

export function useCaseOf(conversationId: string): UseQueryResult<CaseOf> {
  return useQuery({
    queryKey: caseOfKey(conversationId),
    queryFn: () => callApi<CaseOf>('GET', `/conversations/${conversationId}/case`),
  });
}

export function useCases(): UseQueryResult<Cases> {
  return useQuery({
    queryKey: CASES,
    queryFn: () => callApi<Cases>('GET', '/cases'),
    refetchInterval: 60_000,
  });
}

export function useCase(id: string): UseQueryResult<Case> {
  return useQuery({
    queryKey: [...CASES, id],
    queryFn: () => callApi<Case>('GET', `/cases/${id}`),
    ...AUDITED,
    refetchOnMount: 'always',
  });
}

export function useCaseOptions(): UseQueryResult<CaseOptions> {
  return useQuery({
    queryKey: ['case-options'],
    queryFn: () => callApi<CaseOptions>('GET', '/cases/options'),
    staleTime: 5 * 60_000,
  });
}

/** @returns posts below the case, then reads it again */
export function useCasePost(id: string): UseMutationResult<unknown, Error, Post> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ path, body }: Post) => callApi('POST', `/cases/${id}/${path}`, body),
    onSettled: () => client.invalidateQueries({ queryKey: CASES }),
  });
}

export function useHandoverSheet(): UseQueryResult<HandoverSheet> {
  return useQuery({
    queryKey: ['handover-sheet'],
    queryFn: () => callApi<HandoverSheet>('GET', '/handover-sheet'),
    staleTime: 0,
  });
}
