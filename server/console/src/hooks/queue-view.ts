/** What of the queue is looked at: the list, and a filter by risk, channel and language. It stands in the address, in codes only. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { QueueFilter } from '../../../api/queue-contract.ts';

export type QueueTab = 'waiting' | 'mine' | 'others';
export const TABS: readonly QueueTab[] = ['waiting', 'mine', 'others'];
export const RISKS = ['imminent', 'high', 'concern', 'none'] as const;
export const CHANNELS = ['web', 'telegram', 'messenger', 'zalo', 'line'] as const;

/** `?tab=mine&risk=high,imminent&channel=zalo&language=km`; so that a view can be sent to a colleague */
export interface DeskSearch {
  tab?: QueueTab;
  risk?: string;
  channel?: string;
  language?: string;
}

/** Anything else in the address is dropped. */
export function readDeskSearch(search: Record<string, unknown>): DeskSearch {
  const tab = TABS.find((one) => one === search['tab']);
  const risk = codes(search['risk'], (code) => RISKS.some((one) => one === code));
  const channel = codes(search['channel'], (code) => CHANNELS.some((one) => one === code));
  const language = codes(search['language'], (code) => /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(code)).slice(
    0,
    20,
  );
  return {
    ...(tab === undefined || tab === 'waiting' ? {} : { tab }),
    ...(risk.length === 0 ? {} : { risk: risk.join() }),
    ...(channel.length === 0 ? {} : { channel: channel.join() }),
    ...(language.length === 0 ? {} : { language: language.join() }),
  };
}

function codes(value: unknown, isKnown: (code: string) => boolean): string[] {
  return typeof value === 'string' ? [...new Set(value.split(',').filter(isKnown))] : [];
}

export interface QueueView {
  tab: QueueTab;
  filter: QueueFilter;
  /** how many codes it has; 0 = everybody is shown */
  filters: number;
  setTab: (tab: QueueTab) => void;
  setFilter: (filter: QueueFilter) => void;
}

export function useQueueView(): QueueView {
  const search = readDeskSearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  const split = (codes: string | undefined): string[] => codes?.split(',') ?? [];
  const [risk, channel, language] = [split(search.risk), split(search.channel), split(search.language)];
  const set = (next: DeskSearch): void => void navigate({ to: '.', search: next, replace: true });
  return {
    tab: search.tab ?? 'waiting',
    filter: {
      ...(risk.length === 0 ? {} : { risk: RISKS.filter((one) => risk.includes(one)) }),
      ...(channel.length === 0 ? {} : { channel: CHANNELS.filter((one) => channel.includes(one)) }),
      ...(language.length === 0 ? {} : { language }),
    },
    filters: risk.length + channel.length + language.length,
    setTab: (tab) => set(readDeskSearch({ ...search, tab })),
    setFilter: (filter) =>
      set(
        readDeskSearch({
          tab: search.tab,
          risk: filter.risk?.join(),
          channel: filter.channel?.join(),
          language: filter.language?.join(),
        }),
      ),
  };
}
