/** The queue: three lists under tabs, still under the pointer, with "take next" always at hand. */
import { Button, Kbd, Tabs } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Queue, QueueItem } from '../../../api/contract.ts';
import { holdOrder } from '../hooks/held-order.ts';
import { EmptyState } from './empty-state.tsx';
import { QueueRow } from './queue-row.tsx';

export type QueueTab = 'waiting' | 'mine' | 'others';
const TABS: readonly QueueTab[] = ['waiting', 'mine', 'others'];
const EMPTY = { waiting: 'emptyWaiting', mine: 'emptyMine', others: 'emptyOthers' } as const;

interface Props {
  queue: Queue;
  selectedId: string | null;
  tab: QueueTab;
  onTab: (tab: QueueTab) => void;
  /** null: this role looks on and takes nobody */
  onNext: (() => void) | null;
  isTaking: boolean;
}

export function QueuePane({ queue, selectedId, tab, onTab, onNext, isTaking }: Props) {
  const { t } = useTranslation();
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
            disabled={queue.counts.waiting === 0}
            aria-keyshortcuts="Alt+N"
            rightSection={<Kbd className="on-button">Alt+N</Kbd>}
          >
            {t('queue.next')}
          </Button>
        )}
      </div>
      <Tabs
        value={tab}
        onChange={(value) => onTab(TABS.find((one) => one === value) ?? 'waiting')}
        className="queue-tabs"
        keepMounted={false}
      >
        <Tabs.List grow>
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`queue.${one}`)} <span className="count">{queue.counts[one]}</span>
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map((one) => (
          <Tabs.Panel key={one} value={one} className="queue-panel">
            <QueueList
              items={queue[one]}
              queue={queue}
              tab={one}
              selectedId={selectedId}
              total={queue.counts[one]}
            />
          </Tabs.Panel>
        ))}
      </Tabs>
    </section>
  );
}

interface ListProps {
  items: readonly QueueItem[];
  queue: Queue;
  tab: QueueTab;
  selectedId: string | null;
  total: number;
}

function QueueList({ items, queue, tab, selectedId, total }: ListProps) {
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
            />
          </li>
        ))}
      </ul>
      {total > items.length && <p className="queue-more">{t('queue.more', { n: total - items.length })}</p>}
    </div>
  );
}
