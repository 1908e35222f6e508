/** The queue: who waits, who is mine, who is with a colleague; and "the next one, please". */
import { takeConversation } from '../store/desk.ts';
import type { DeskItem } from '../store/desk.ts';
import { countQueue, listQueue, lockNextWaiting } from '../store/queue.ts';
import type { QueueTab } from '../store/queue.ts';
import type { Actor } from '../store/user-sessions.ts';
import { answerClock, redMinutes } from '../desk-rules.ts';
import { countOverdue } from '../store/duty.ts';
import { listPresentInQueue } from '../store/presence.ts';
import { isOnBreak } from '../store/desk-settings.ts';
import { EmptySchema, QueuePageSchema, QueueSchema, TakenSchema } from './contract.ts';
import type { QueueItem } from './contract.ts';
import { maskQueueItem } from './masks.ts';
import { MAX_QUEUE_PAGE, NextSchema, QueueListSchema, QueuePresenceSchema } from './queue-contract.ts';
import type { Offer } from './queue-contract.ts';
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
      const list = (tab: QueueTab, limit: number): Promise<readonly DeskItem[]> =>
        listQueue(db, tools.vault, {
          ...{ tab, limit, offset: 0, filter: {}, userId: actor.userId },
          order: { ...tools.deskOrder, now },
        });
      const describe = (item: DeskItem): QueueItem => describeItem(item, tools, actor, now);
      const [counts, overdue, waiting, mine, others, offers] = await Promise.all([
        countQueue(db, actor.userId),
        countOverdue(db, now, redMinutes(tools.deskRules)),
        list('waiting', MAX_QUEUE_PAGE),
        // nobody answers so many; all of theirs must be in sight
        list('mine', 2 * MAX_QUEUE_PAGE),
        list('others', MAX_QUEUE_PAGE),
        list('offers', MAX_QUEUE_PAGE),
      ]);
      return done({
        ...{ now: now.toISOString(), counts },
        overdue: overdue.reduce((sum, one) => sum + one.overdue, 0),
        waiting: waiting.map(describe),
        mine: mine.map(describe),
        others: others.map(describe),
        offers: offers.map(describe),
      });
    },
  }),
  readRoute({
    method: 'post',
    path: '/queue/list',
    permission: 'overview',
    summary: 'Part of one list of the queue, by risk, channel and language, with the counts of that filter.',
    params: EmptySchema,
    body: QueueListSchema,
    output: QueuePageSchema,
    handle: async ({ actor, body, db, tools }) => {
      const now = tools.clock.now();
      const { tab, filter, limit, offset } = body;
      const [counts, items] = await Promise.all([
        countQueue(db, actor.userId, filter),
        listQueue(db, tools.vault, {
          ...{ tab, filter, limit, offset, userId: actor.userId },
          order: { ...tools.deskOrder, now },
        }),
      ]);
      return done({
        ...{ now: now.toISOString(), counts },
        items: items.map((item) => describeItem(item, tools, actor, now)),
      });
    },
  }),
  readRoute({
    method: 'get',
    path: '/queue/presence',
    permission: 'overview',
    summary: 'Which colleagues look at or write in which conversation of the queue at this moment.',
    params: EmptySchema,
    body: EmptySchema,
    output: QueuePresenceSchema,
    handle: async ({ actor, db, tools }) =>
      done({ present: [...(await listPresentInQueue(db, actor.userId, tools.clock.now()))] }),
  }),
  auditedRoute({
    method: 'post',
    path: '/queue/next',
    permission: 'desk',
    summary:
      'Take whoever is first in the queue, or first of those the filter shows; two at the same moment get two different people.',
    params: EmptySchema,
    body: NextSchema,
    output: TakenSchema,
    refusals: ['not_waiting', 'on_break'],
    audit: { action: 'conversation_taken', object: 'conversation' },
    handle: async ({ actor, body, client, now, tools }) => {
      if (await isOnBreak(client, actor.userId)) return refused('on_break');
      const order = { ...tools.deskOrder, now };
      const conversationId = await lockNextWaiting(client, order, actor.userId, body.filter);
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

function describeItem(item: DeskItem, tools: Tools, actor: Actor, now: Date): QueueItem {
  const language = actor.uiLanguage;
  const isWaiting = item.state === 'waiting';
  const { amberAt, redAt } = answerClock(tools.deskRules, item.risk, item.waitingSince);
  const { conversationId, code, channel, quiet, risk, cause, takenBy } = item;
  const { lastInboundAt, lastOutboundAt } = item;
  const closesAt = whenItCloses(item, tools);
  const leftMs = closesAt === null ? Infinity : closesAt.getTime() - now.getTime();
  const described: QueueItem = {
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
    amberAt: isWaiting ? amberAt.toISOString() : null,
    redAt: isWaiting ? redAt.toISOString() : null,
    riskByHand: item.riskSet === risk,
    offer: describeOffer(item, actor.userId),
  };
  return maskQueueItem(described, actor.role);
}

/** Who offers whom to whom; the note comes through the audited route. */
export function describeOffer({ offer }: DeskItem, userId: string): Offer | null {
  if (offer === null) return null;
  const { id, from, to, offeredAt, addressees } = offer;
  return { id, from, to, offeredAt: offeredAt.toISOString(), isForMe: addressees.includes(userId) };
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
