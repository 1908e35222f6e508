/** The duty calendar: what the page reads, and the moves of whoever keeps it. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { UseMutationResult, UseQueryResult } from '@tanstack/react-query';
import type { Shifts } from '../../../api/shifts-contract.ts';
import { callApi } from '../app/api.ts';

const SHIFTS = ['shifts'];

export function useShifts(): UseQueryResult<Shifts> {
  return useQuery({
    queryKey: SHIFTS,
    queryFn: () => callApi<Shifts>('GET', '/shifts'),
    // who is seen changes by the minute; the calendar itself by our own hand
    refetchInterval: 60_000,
  });
}

export interface Hours {
  starts: string;
  ends: string;
  languages: string[];
}
export type ShiftMove =
  | ({ kind: 'plan'; userId: string; weekdays: number[]; firstDay: string; lastDay: string | null } & Hours)
  | ({ kind: 'change'; id: string; firstDay: string; lastDay: string | null } & Hours)
  | { kind: 'remove'; id: string }
  | { kind: 'off'; userId: string | null; day: string }
  | ({ kind: 'extra'; userId: string; day: string } & Hours)
  | { kind: 'takeBack'; id: string };

export function useShiftMove(): UseMutationResult<unknown, Error, ShiftMove> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (move: ShiftMove) => carryOut(move),
    onSettled: () => client.invalidateQueries({ queryKey: SHIFTS }),
  });
}

function carryOut(move: ShiftMove): Promise<unknown> {
  switch (move.kind) {
    case 'plan': {
      const { kind: _kind, ...body } = move;
      return callApi('POST', '/shifts', body);
    }
    case 'change': {
      const { kind: _kind, id, ...body } = move;
      return callApi('POST', `/shifts/${id}/change`, body);
    }
    case 'remove':
      return callApi('POST', `/shifts/${move.id}/remove`, {});
    case 'off':
      return callApi('POST', '/shift-changes', { ...move, starts: null, ends: null, languages: [] });
    case 'extra':
      return callApi('POST', '/shift-changes', move);
    case 'takeBack':
      return callApi('POST', `/shift-changes/${move.id}/remove`, {});
  }
}
