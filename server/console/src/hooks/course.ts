/** What the pages of the course read, and playing a module. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { CourseAnswer, CoursePeople, PlayedModule, StaffCourse } from '../../../api/course-contract.ts';
import { callApi } from '../app/api.ts';

export const COURSE_KEYS = { course: ['course'], people: ['course', 'people'] } as const;
/** looked up, never finished */
export const TABLE = 'what-changed';

export function useCourse(): UseQueryResult<StaffCourse> {
  return useQuery({ queryKey: COURSE_KEYS.course, queryFn: () => callApi<StaffCourse>('GET', '/course') });
}

export function useCoursePeople(enabled: boolean): UseQueryResult<CoursePeople> {
  return useQuery({
    queryKey: COURSE_KEYS.people,
    enabled,
    queryFn: () => callApi<CoursePeople>('GET', '/course/people'),
  });
}

/** One answer as it was given, and what came of it; the first has none. */
export interface Screen {
  answer: { label: string; sent: CourseAnswer } | null;
  said: PlayedModule['said'];
}

export interface Playing {
  screens: readonly Screen[];
  finished: boolean;
  takesText: boolean;
  /** the last words were not taken */
  strayed: boolean;
  busy: boolean;
  error: unknown;
  answer: (label: string, sent: CourseAnswer) => void;
  back: () => void;
  restart: () => void;
}

const NOTHING = { finished: false, takesText: false, strayed: false };

/** Plays one module. What was answered lives in this page only: leaving it forgets all. */
export function usePlaying(module: string): Playing {
  const client = useQueryClient();
  const [screens, setScreens] = useState<readonly Screen[]>([]);
  const [state, setState] = useState(NOTHING);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  // an answer that comes back after the page went on belongs nowhere
  const turn = useRef(0);

  const run = useCallback(
    async (kept: readonly Screen[], given: Screen['answer']): Promise<void> => {
      const mine = (turn.current += 1);
      setBusy(true);
      setError(null);
      const answers = [...kept.map(({ answer }) => answer), given].flatMap((one) =>
        one === null ? [] : [one.sent],
      );
      try {
        const { said, ...next } = await callApi<PlayedModule>('POST', `/course/${module}/play`, { answers });
        if (mine !== turn.current) return;
        setState(next);
        if (next.strayed) return;
        setScreens([...kept, { answer: given, said }]);
        if (!next.finished) return;
        await callApi('POST', `/course/${module}/finish`, { answers });
        await client.invalidateQueries({ queryKey: COURSE_KEYS.course });
      } catch (fault) {
        if (mine === turn.current) setError(fault);
      } finally {
        if (mine === turn.current) setBusy(false);
      }
    },
    [client, module],
  );

  useEffect(() => {
    setScreens([]);
    setState(NOTHING);
    void run([], null);
    return () => {
      turn.current += 1;
    };
  }, [run]);

  return {
    screens,
    ...state,
    busy,
    error,
    answer: (label, sent) => void run(screens, { label, sent }),
    back: () => {
      const kept = screens.slice(0, -1);
      void run(kept.slice(0, -1), kept.at(-1)?.answer ?? null);
    },
    restart: () => void run([], null),
  };
}
