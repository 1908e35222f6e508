/** The queue: who waits, who is mine, who is with a colleague; and "the next one, please". */
import { countQueue, listQueue, lockNextWaiting, takeConversation } from '../store/desk.ts';
import type { DeskItem } from '../store/desk.ts';
import { EmptySchema, QueueSchema, TakenSchema } from './contract.ts';
import type { QueueItem } from './contract.ts';
import { maskQueueItem } from './masks.ts';
import { auditedRoute, done, readRoute, refused } from './route.ts';
import type { Route, Tools } from './route.ts';

export const queueRoutes: readonly Route[] = [
  readRoute({
    method: 'get',
    path: '/queue',
    permission: 'overview',
    summary:
      'Everyone with an open handover: most dangerous first, then whose window is about to close, then longest waiting. No message texts.',
    params: EmptySchema,
    body: EmptySchema,
    output: QueueSchema,
    handle: async ({ actor, db, tools }) => {
      const now = tools.clock.now();
      const [items, counts] = await Promise.all([
        listQueue(db, tools.vault, { ...tools.deskOrder, now }),
        countQueue(db, actor.userId),
      ]);
      const describe = (item: DeskItem): QueueItem =>
        maskQueueItem(describeItem(item, tools, actor.uiLanguage, now), actor.role);
      const taken = items.filter((item) => item.state === 'taken');
      return done({
        now: now.toISOString(),
        counts,
        waiting: items.filter((item) => item.state === 'waiting').map(describe),
        mine: taken.filter((item) => item.takenBy?.id === actor.userId).map(describe),
        others: taken.filter((item) => item.takenBy?.id !== actor.userId).map(describe),
      });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/queue/next',
    permission: 'desk',
    summary: 'Take whoever is first in the queue; two at the same moment get two different people.',
    params: EmptySchema,
    body: EmptySchema,
    output: TakenSchema,
    refusals: ['not_waiting'],
    audit: { action: 'conversation_taken', object: 'conversation' },
    handle: async ({ actor, client, now, tools }) => {
      const conversationId = await lockNextWaiting(client, { ...tools.deskOrder, now });
      if (conversationId === null) return refused('not_waiting');
      if (!(await takeConversation(client, conversationId, actor.userId, now))) return refused('not_waiting');
      await tools.announce(client, [
        { kind: 'conversation_changed', conversationId, userId: null },
        { kind: 'queue_changed', conversationId, userId: null },
      ]);
      return done({ conversationId }, { objectId: conversationId, detail: { next: true } });
    },
  }),
];

function describeItem(item: DeskItem, tools: Tools, language: string, now: Date): QueueItem {
  const { conversationId, code, channel, quiet, risk, cause, takenBy } = item;
  const { lastInboundAt, lastOutboundAt } = item;
  const closesAt = whenItCloses(item, tools);
  const leftMs = closesAt === null ? Infinity : closesAt.getTime() - now.getTime();
  return {
    ...{ conversationId, code, channel, quiet, risk, cause, takenBy },
    language: item.language,
    reasons: describeReasons(item, tools, language).map(({ key, text, level }) => ({ key, text, level })),
    waitingSince: item.waitingSince.toISOString(),
    takenAt: item.takenAt?.toISOString() ?? null,
    lastInboundAt: lastInboundAt?.toISOString() ?? null,
    awaitsReply: lastInboundAt !== null && (lastOutboundAt === null || lastInboundAt > lastOutboundAt),
    closesAt: closesAt?.toISOString() ?? null,
    closesSoon: leftMs > 0 && leftMs <= tools.deskOrder.soonMinutes * 60_000,
    atPlatform: item.owner === 'platform',
  };
}

function whenItCloses({ channel, lastInboundAt }: DeskItem, tools: Tools): Date | null {
  const hours = tools.deskOrder.windows.find((one) => one.channel === channel)?.hours;
  if (hours === undefined || lastInboundAt === null) return null;
  return new Date(lastInboundAt.getTime() + hours * 3_600_000);
}

interface DescribedReason {
  key: string;
  text: string;
  level: DeskItem['risk'];
  messageSeq: number | null;
  start: number;
  end: number;
}

/** In the reader's language; the same reason said twice in the same message is one. */
export function describeReasons(item: DeskItem, tools: Tools, language: string): DescribedReason[] {
  const seen = new Set<string>();
  return item.reasons
    .filter((reason) => {
      const key = `${reason.reasonKey} ${String(reason.messageSeq)}`;
      return seen.has(key) ? false : seen.add(key).size > 0;
    })
    .map(({ reasonKey, level, messageSeq, start, end }) => ({
      ...{ key: reasonKey, level, messageSeq, start, end },
      text: tools.reasonText(reasonKey, language),
    }));
}
