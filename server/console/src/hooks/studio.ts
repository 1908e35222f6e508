/** What the pages of the studio read and do. Everything under ['studio'] is read again when the content changed. */
import { useMutation, type UseMutationResult, useQuery, useQueryClient } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import type {
  Check,
  ContentFile,
  Draft,
  DraftDiff,
  DraftFiles,
  Drafts,
  PeopleInside,
  Releases,
} from '../../../api/studio-contract.ts';
import { callApi } from '../app/api.ts';
import { useServices } from '../app/services.ts';
import { useStore } from '../app/store.ts';
import { useStepUp } from './step-up.ts';
import { useToasts } from './toast.ts';

export const STUDIO_KEYS = {
  all: ['studio'],
  drafts: ['studio', 'drafts'],
  releases: ['studio', 'releases'],
  draft: (id: string) => ['studio', 'draft', id],
  part: (id: string, part: string) => ['studio', 'draft', id, part],
} as const;

/** A stream that is silently dead must not leave a check "running" for ever. */
function useSlowPoll(): number {
  return useStore(useServices().live) === 'open' ? 60_000 : 5_000;
}

export function useDrafts(): UseQueryResult<Drafts> {
  const refetchInterval = useSlowPoll();
  return useQuery({
    ...{ queryKey: STUDIO_KEYS.drafts, refetchInterval },
    queryFn: () => callApi<Drafts>('GET', '/studio/drafts'),
  });
}

export function useReleases(): UseQueryResult<Releases> {
  const refetchInterval = useSlowPoll();
  return useQuery({
    ...{ queryKey: STUDIO_KEYS.releases, refetchInterval },
    queryFn: () => callApi<Releases>('GET', '/studio/releases'),
  });
}

export function useDraft(id: string): UseQueryResult<Draft> {
  const slow = useSlowPoll();
  return useQuery({
    queryKey: STUDIO_KEYS.draft(id),
    queryFn: () => callApi<Draft>('GET', `/studio/drafts/${id}`),
    refetchInterval: ({ state }) => (state.data?.check.state === 'running' ? 2_000 : slow),
  });
}

function usePart<T>(id: string, part: string): UseQueryResult<T> {
  return useQuery({
    queryKey: STUDIO_KEYS.part(id, part),
    queryFn: () => callApi<T>('GET', `/studio/drafts/${id}/${part}`),
  });
}
export const useDraftDiff = (id: string): UseQueryResult<DraftDiff> => usePart(id, 'diff');
export const useDraftPeople = (id: string): UseQueryResult<PeopleInside> => usePart(id, 'people');
export const useDraftFiles = (id: string): UseQueryResult<DraftFiles> => usePart(id, 'files');

export function readContentFile(id: string, path: string): Promise<ContentFile> {
  return callApi<ContentFile>('POST', `/studio/drafts/${id}/file/read`, { path });
}
export function writeContentFile(
  id: string,
  file: { path: string; text: string | null; expected: string | null },
): Promise<{ hash: string | null; version: number }> {
  return callApi('POST', `/studio/drafts/${id}/file`, file);
}

/** One move of a draft or release; refused ones are told, and what is shown is read again either way. */
export function useStudioMove<Input, Output>(
  work: (input: Input) => Promise<Output>,
  done?: (output: Output) => void,
): UseMutationResult<Output, unknown, Input> {
  const client = useQueryClient();
  const stepUp = useStepUp();
  const { fail } = useToasts();
  return useMutation({
    mutationFn: (input: Input) => stepUp(() => work(input)),
    onError: fail,
    onSuccess: (output) => done?.(output),
    onSettled: () => client.invalidateQueries({ queryKey: STUDIO_KEYS.all }),
  });
}

export function useCheck(id: string): UseMutationResult<Check, unknown, void> {
  return useStudioMove(() => callApi<Check>('POST', `/studio/drafts/${id}/check`, {}));
}
