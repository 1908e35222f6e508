/** Says who came to the queue, to those who do not see it: politely, at once for imminent danger, and with a tone for whoever asked for one. */
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Queue } from '../../../api/contract.ts';
import { useNow } from '../hooks/time.ts';
import { useTone } from '../hooks/tone.ts';

/** New people are said once per ten seconds at most; imminent danger at once. */
const ANNOUNCE_EVERY_MS = 10_000;

export function Announcer({ queue }: { queue: Queue | undefined }) {
  const { t } = useTranslation();
  const known = useRef<Set<string> | null>(null);
  const pending = useRef(0);
  const last = useRef(0);
  const [polite, setPolite] = useState('');
  const [urgent, setUrgent] = useState('');
  useEffect(() => {
    if (queue === undefined) return;
    const fresh = queue.waiting.filter((item) => known.current?.has(item.conversationId) === false);
    const isFirst = known.current === null;
    known.current = new Set(queue.waiting.map((item) => item.conversationId));
    if (isFirst || fresh.length === 0) return;
    if (fresh.some((item) => item.risk === 'imminent')) setUrgent(t('queue.announceUrgent'));
    pending.current += fresh.length;
    const wait = Math.max(0, last.current + ANNOUNCE_EVERY_MS - Date.now());
    const timer = setTimeout(() => {
      last.current = Date.now();
      setPolite(t('queue.announce', { n: pending.current }));
      pending.current = 0;
    }, wait);
    return () => clearTimeout(timer);
  }, [queue, t]);
  useTone(queue);
  const overdue = useOverdue(queue);
  return (
    <>
      <div className="sr-only" role="alert">
        {overdue}
      </div>
      <div className="sr-only" role="status">
        {polite}
      </div>
      <div className="sr-only" role="alert">
        {urgent}
      </div>
    </>
  );
}

/** How many have waited too long, said at once whenever one more has; of all who wait, not only of those loaded. */
function useOverdue(queue: Queue | undefined): string {
  const { t } = useTranslation();
  const now = useNow();
  const known = useRef<{ ids: ReadonlySet<string>; total: number }>({ ids: new Set(), total: 0 });
  const [text, setText] = useState('');
  useEffect(() => {
    if (queue === undefined) return;
    const late = queue.waiting.flatMap(({ conversationId, redAt }) =>
      redAt !== null && new Date(redAt).getTime() <= now ? [{ conversationId, redAt }] : [],
    );
    // the server counted until its answer; of those loaded we see the clock go on
    const total = queue.overdue + late.filter(({ redAt }) => redAt > queue.now).length;
    const before = known.current;
    // who was taken and waits again is another matter
    known.current = { ids: new Set(late.map(({ conversationId }) => conversationId)), total };
    if (total > before.total || late.some(({ conversationId }) => !before.ids.has(conversationId)))
      setText(t('queue.announceOverdue', { n: total }));
  }, [queue, now, t]);
  return text;
}
