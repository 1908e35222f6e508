/** A list of the queue that is long or narrowed: fetched in parts, and only the rows in sight are on the page. */
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { QueueItem, QueuePage } from '../../../api/contract.ts';
import type { QueueFilter } from '../../../api/queue-contract.ts';
import { callApi } from '../app/api.ts';
import { KEYS } from '../hooks/queries.ts';
import type { QueueTab } from '../hooks/queue-view.ts';
import { EmptyState } from './empty-state.tsx';
import './handling.css';

const PAGE = 100;
/** CSS px; rows are measured once they are there */
const ROW_PX = 128;

interface Props {
  tab: QueueTab;
  filter: QueueFilter;
  /** how many there are */
  total: number;
  row: (item: QueueItem) => ReactNode;
}

export function LongList({ tab, filter, total, row }: Props) {
  const { t } = useTranslation();
  const scroll = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const rows = useVirtualizer({
    count: total,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  const inSight = rows.getVirtualItems();
  const wanted = [...new Set(inSight.map(({ index }) => Math.floor(index / PAGE)))];
  const pages = useQueries({
    queries: wanted.map((page) => ({
      queryKey: [...KEYS.queue, 'list', tab, filter, page],
      queryFn: () =>
        callApi<QueuePage>('POST', '/queue/list', { tab, filter, offset: page * PAGE, limit: PAGE }),
      // nothing moves under the pointer: what changed meanwhile comes when it has left
      enabled: !(pointed || focused),
      placeholderData: keepPreviousData,
    })),
  });
  const known = new Map(wanted.map((page, at) => [page, pages[at]?.data?.items ?? []]));
  if (total === 0) return <EmptyState title={t('queue.emptyFilter')} help={t('queue.emptyFilterHelp')} />;
  return (
    <div
      ref={scroll}
      className="queue-scroll"
      onPointerEnter={(event) => setPointed(event.pointerType === 'mouse' && isComplete(pages))}
      onPointerLeave={() => setPointed(false)}
      onFocus={() => setFocused(true)}
      onBlur={(event) => setFocused(event.currentTarget.contains(event.relatedTarget))}
      onScroll={() => {
        // what comes into sight has to be fetched, also under the pointer
        setPointed(false);
        setFocused(false);
      }}
    >
      <ul className="rows long-list" style={{ height: rows.getTotalSize() }}>
        {inSight.map(({ index, key, start }) => {
          const item = known.get(Math.floor(index / PAGE))?.[index % PAGE];
          return (
            <li
              key={key}
              ref={rows.measureElement}
              data-index={index}
              aria-setsize={total}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${String(start)}px)` }}
            >
              {item === undefined ? <p className="row row-coming">{t('app.loading')}</p> : row(item)}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function isComplete(pages: readonly { isPending: boolean }[]): boolean {
  return pages.every(({ isPending }) => !isPending);
}
