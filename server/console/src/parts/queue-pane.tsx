/** The queue: three lists under tabs, still under the pointer, with "take next" always at hand. */
import { Button, Kbd, Tabs } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Queue, QueueItem } from '../../../api/contract.ts';
import type { QueuePresence } from '../../../api/queue-contract.ts';
import { holdOrder } from '../hooks/held-order.ts';
import { useMyDesk } from '../hooks/my-desk.ts';
import { useQueuePresence } from '../hooks/presence.ts';
import { useFilteredCounts } from '../hooks/queries.ts';
import { type QueueView, TABS, type QueueTab } from '../hooks/queue-view.ts';
import { withTopic } from '../app/topic-part.ts';
import { EmptyState } from './empty-state.tsx';
import { QueueRow } from './queue-row.tsx';

const LongList = lazy(() => import('./long-list.tsx').then((part) => ({ default: part.LongList })));
const FilterDialog = lazy(
  withTopic('handling', () => import('./filter-dialog.tsx').then((part) => ({ default: part.FilterDialog }))),
);
const DeskDialog = lazy(
  withTopic('handling', () => import('./desk-dialog.tsx').then((part) => ({ default: part.DeskDialog }))),
);

const EMPTY = { waiting: 'emptyWaiting', mine: 'emptyMine', others: 'emptyOthers' } as const;

interface Props {
  queue: Queue;
  selectedId: string | null;
  view: QueueView;
  /** null: this role looks on and takes nobody */
  onNext: (() => void) | null;
  isTaking: boolean;
}

export function QueuePane({ queue, selectedId, view, onNext, isTaking }: Props) {
  const { t, i18n } = useTranslation();
  const { tab, filter, filters } = view;
  const [opened, setOpened] = useState<'filter' | 'desk' | null>(null);
  const [loaded, setLoaded] = useState<readonly string[]>([]);
  const { data: myDesk } = useMyDesk(onNext !== null);
  const present = useQueuePresence();
  const narrowed = useFilteredCounts(filter, filters > 0);
  const counts = filters > 0 ? (narrowed.data?.counts ?? queue.counts) : queue.counts;
  const rests = myDesk !== undefined && myDesk.onBreakSince !== null;
  const open = (part: 'filter' | 'desk'): void => {
    setLoaded((parts) => [...parts, part]);
    setOpened(part);
  };
  return (
    <section className="pane queue" aria-labelledby="queue-title">
      <div className="queue-head">
        <h2 id="queue-title" className="sr-only">
          {t('queue.title')}
        </h2>
        {onNext === null ? (
          <p className="muted small">{t('queue.lookOn')}</p>
        ) : (
          <Button
            fullWidth
            size="md"
            onClick={onNext}
            loading={isTaking}
            disabled={counts.waiting === 0 || rests}
            aria-keyshortcuts="Alt+N"
            rightSection={<Kbd className="on-button">Alt+N</Kbd>}
          >
            {t(filters > 0 ? 'queue.nextOf' : 'queue.next')}
          </Button>
        )}
        {rests && (
          <p className="small" role="status">
            {t('queue.onBreak')}
          </p>
        )}
        <div className="queue-tools">
          <Button variant={filters > 0 ? 'light' : 'subtle'} size="compact-sm" onClick={() => open('filter')}>
            {filters > 0 ? t('queue.filterOn', { n: filters }) : t('queue.filter')}
          </Button>
          {filters > 0 && (
            <Button variant="subtle" size="compact-sm" onClick={() => view.setFilter({})}>
              {t('queue.clearFilter')}
            </Button>
          )}
          {onNext !== null && (
            <Button variant="subtle" size="compact-sm" onClick={() => open('desk')}>
              {t('queue.myDesk')}
            </Button>
          )}
        </div>
        <div role="status" className="offers">
          {queue.offers.map(({ conversationId, code, offer }) => (
            <Link
              key={conversationId}
              to="/c/$conversationId"
              params={{ conversationId }}
              search
              className="offer-row"
            >
              {t('queue.offerForMe', { name: offer?.from.displayName ?? '', code })}
            </Link>
          ))}
        </div>
      </div>
      <Tabs
        value={tab}
        onChange={(value) => view.setTab(TABS.find((one) => one === value) ?? 'waiting')}
        className="queue-tabs"
        keepMounted={false}
      >
        <Tabs.List grow>
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`queue.${one}`)} <span className="count">{counts[one].toLocaleString(i18n.language)}</span>
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map((one) => (
          <Tabs.Panel key={one} value={one} className="queue-panel">
            {filters > 0 || queue.counts[one] > queue[one].length ? (
              <Suspense fallback={<p className="page-note">{t('app.loading')}</p>}>
                <LongList
                  // another list begins at its top
                  key={JSON.stringify(filter)}
                  {...{ tab: one, filter, total: counts[one] }}
                  row={(item) => (
                    <QueueRow
                      item={item}
                      selected={item.conversationId === selectedId}
                      goneText={null}
                      isMine={one === 'mine'}
                      present={present}
                    />
                  )}
                />
              </Suspense>
            ) : (
              <QueueList items={queue[one]} queue={queue} tab={one} {...{ selectedId, present }} />
            )}
          </Tabs.Panel>
        ))}
      </Tabs>
      <Suspense fallback={null}>
        {loaded.includes('filter') && (
          <FilterDialog
            opened={opened === 'filter'}
            onClose={() => setOpened(null)}
            view={view}
            shown={counts.waiting}
            mayKeep={onNext !== null}
          />
        )}
        {loaded.includes('desk') && <DeskDialog opened={opened === 'desk'} onClose={() => setOpened(null)} />}
      </Suspense>
    </section>
  );
}

interface ListProps {
  present: QueuePresence['present'];
  items: readonly QueueItem[];
  queue: Queue;
  tab: QueueTab;
  selectedId: string | null;
}

function QueueList({ items, queue, tab, selectedId, present }: ListProps) {
  const { t } = useTranslation();
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const shown = useRef<readonly QueueItem[]>([]);
  const hold = tab === 'waiting' && (pointed || focused);
  const held = holdOrder(shown.current, items, hold);
  const [, refresh] = useState(0);
  useEffect(() => {
    shown.current = held.rows.map((row) => row.item);
  });
  const showFresh = (): void => {
    shown.current = [];
    refresh((n) => n + 1);
  };
  const describeGone = (item: QueueItem): string => {
    const taken = [...queue.mine, ...queue.others].find((one) => one.conversationId === item.conversationId);
    return taken?.takenBy ? t('queue.gone', { name: taken.takenBy.displayName }) : t('queue.goneUnknown');
  };

  if (held.rows.length === 0) {
    return <EmptyState title={t(`queue.${EMPTY[tab]}`)} help={t(`queue.${EMPTY[tab]}Help`)} />;
  }
  return (
    <div
      className="queue-scroll"
      onPointerEnter={(event) => setPointed(event.pointerType === 'mouse')}
      onPointerLeave={() => setPointed(false)}
      onFocus={() => setFocused(true)}
      onBlur={(event) => setFocused(event.currentTarget.contains(event.relatedTarget))}
    >
      {held.fresh > 0 && (
        <Button className="fresh" size="compact-sm" radius="xl" onClick={showFresh}>
          {t('queue.fresh', { n: held.fresh })}
        </Button>
      )}
      <ul className="rows">
        {held.rows.map(({ item, gone }) => (
          <li key={item.conversationId}>
            <QueueRow
              item={item}
              selected={item.conversationId === selectedId}
              goneText={gone ? describeGone(item) : null}
              isMine={tab === 'mine'}
              present={present}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}
