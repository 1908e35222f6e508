/** Whether a break should be suggested: somebody has worked long without one, and has not just said "later". */
import { useLocalStorage } from '@mantine/hooks';
import { useMyDesk } from './my-desk.ts';
import { useNow } from './time.ts';

export interface BreakDue {
  /** worked without a pause; null: nothing is due */
  minutes: number | null;
  later: () => void;
}

export function useBreakDue(worksAtDesk: boolean): BreakDue {
  const { data } = useMyDesk(worksAtDesk);
  const now = useNow();
  // one answer for all tabs, and over a reload: a time, nothing else
  const [laterAt, setLaterAt] = useLocalStorage({
    key: 'break-later-at',
    defaultValue: 0,
    getInitialValueInEffect: false,
  });
  const later = (): void => setLaterAt(now);
  if (data === undefined || data.workingSince === null) return { minutes: null, later };
  const worked = now - new Date(data.workingSince).getTime();
  const isDue = worked >= data.breakAfterMinutes * 60_000;
  const isPutOff = now - laterAt < data.remindAgainMinutes * 60_000;
  return { minutes: isDue && !isPutOff ? Math.floor(worked / 60_000) : null, later };
}
