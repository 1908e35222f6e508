/** The wall: how the desk stands at this moment, and handing several conversations to somebody who is there. */
import type { PoolClient } from 'pg';
import { answerClock, redMinutes } from '../desk-rules.ts';
import { dayOf, startOfDay } from '../duty/calendar.ts';
import { appendAudit } from '../store/audit.ts';
import { lockConversation, readDeskItem, reassignConversation, takeConversation } from '../store/desk.ts';
import { readDutyState } from '../store/duty-state.ts';
import { isColleagueThere } from '../store/colleagues.ts';
import { readColleagues, readDayFigures, readFirstWaiting, readWaiting } from '../store/wall.ts';
import { EmptySchema } from './contract.ts';
import { auditedRoute, done, readRoute, refused } from './route.ts';
import type { Route, Tools } from './route.ts';
import { ReassignedSchema, ReassignSchema, WallSchema } from './wall-contract.ts';

const QUEUE_SHOWN = 50;

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export const wallRoutes: readonly Route[] = [
  readRoute({
    method: 'get',
    path: '/wall',
    permission: 'supervise',
    summary:
      'Who waits by risk, who has how much, alarms of channels and figures of today. No texts, no names of people.',
    params: EmptySchema,
    body: EmptySchema,
    output: WallSchema,
    handle: async ({ db, tools }) => {
      const now = tools.clock.now();
      const rules = tools.deskRules;
      const [waiting, queue, colleagues, channels, today, duty] = await Promise.all([
        readWaiting(db, redMinutes(rules), now),
        readFirstWaiting(db, QUEUE_SHOWN),
        readColleagues(db, now, rules.gone_after_seconds * 1000),
        tools.listChannels(db),
        readDayFigures(db, startOfDay(dayOf(now))),
        readDutyState(db, now, rules.gone_after_seconds * 1000),
      ]);
      return done({
        now: now.toISOString(),
        waiting: waiting.map(({ oldestSince, ...one }) => ({
          ...one,
          oldestSince: iso(oldestSince),
          withinMinutes: rules.answer_within[one.risk].red,
        })),
        queue: queue.map(({ waitingSince, ...one }) => ({
          ...{ ...one, waitingSince: waitingSince.toISOString() },
          isOverdue: answerClock(rules, one.risk, waitingSince).redAt <= now,
        })),
        colleagues: colleagues.map(({ seenAt, taken, ...one }) => {
          const unanswered = taken.flatMap(({ unansweredSince: since }) => (since === null ? [] : [since]));
          const oldest = Math.min(...unanswered.map((since) => since.getTime()));
          return {
            ...{ ...one, seenAt: iso(seenAt), unanswered: unanswered.length },
            isOnShift: duty.now.some(({ userId }) => userId === one.id),
            unansweredSince: unanswered.length === 0 ? null : new Date(oldest).toISOString(),
            taken: taken.map(({ takenAt, unansweredSince, ...conversation }) => ({
              ...{ ...conversation, takenAt: takenAt.toISOString(), unansweredSince: iso(unansweredSince) },
            })),
          };
        }),
        alarms: channels.flatMap(({ channel, account, alarm, alarmSince }) =>
          alarm === null ? [] : [{ channel, account, alarm, since: iso(alarmSince) }],
        ),
        today,
        duty: { isStaffed: duty.isStaffed, nextAt: iso(duty.next[0]?.startsAt ?? null) },
      });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/wall/reassign',
    permission: 'supervise',
    summary:
      'Hand several conversations, waiting or taken, to one colleague who is at the desk. What has moved meanwhile is left. A row in the audit for each, and one for all.',
    params: EmptySchema,
    body: ReassignSchema,
    output: ReassignedSchema,
    refusals: ['colleague_away'],
    audit: { action: 'conversations_reassigned', object: 'user' },
    handle: async ({ actor, body, client, now, tools }) => {
      const graceMs = tools.deskRules.gone_after_seconds * 1000;
      if (!(await isColleagueThere(client, body.to, now, graceMs))) return refused('colleague_away');
      const moved: string[] = [];
      // in the order of their ids, so that two supervisors at once never wait for each other in a circle
      for (const conversationId of [...body.conversationIds].sort()) {
        const handed = await handTo(client, tools, conversationId, body.to, now);
        if (handed === null) continue;
        moved.push(conversationId);
        await appendAudit(client, {
          ...{ at: now, userId: actor.userId, action: 'conversation_reassigned' },
          ...{ objectKind: 'conversation', objectId: conversationId, detail: { ...handed, to: body.to } },
        });
      }
      const left = body.conversationIds.filter((id) => !moved.includes(id));
      const detail = { moved: moved.length, left: left.length };
      return done({ moved, left }, { objectId: body.to, detail });
    },
  }),
];

/** @returns who had it, `from` null when it waited; null when there is nothing to hand on */
async function handTo(
  client: PoolClient,
  tools: Tools,
  conversationId: string,
  to: string,
  now: Date,
): Promise<{ from: string | null } | null> {
  if (!(await lockConversation(client, conversationId))) return null;
  const item = await readDeskItem(client, tools.vault, conversationId);
  if (item === null || (item.state !== 'waiting' && item.state !== 'taken')) return null;
  const from = item.takenBy?.id ?? null;
  if (from === to) return null;
  if (from === null) {
    if (!(await takeConversation(client, conversationId, to, now))) return null;
  } else await reassignConversation(client, conversationId, to, now);
  await tools.announce(client, [
    { kind: 'conversation_changed', conversationId, userId: null },
    { kind: 'queue_changed', conversationId, userId: null },
  ]);
  return { from };
}
