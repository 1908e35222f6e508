/** Looking after those who answer: what they carry, who should be offered a talk, and a warning before an abusive contact is closed. */
import { addDays, dayOf, listShifts } from '../duty/calendar.ts';
import type { Plan } from '../duty/calendar.ts';
import type { DeskRules } from '../desk-rules.ts';
import { RISK_LEVELS } from '../../bot/index.ts';
import { countHandled, listAbusive, listDebriefs, listWorking, markTalked } from '../store/exposures.ts';
import type { Debrief, Handled } from '../store/exposures.ts';
import { markWarned, readDeskItem } from '../store/desk.ts';
import { readPlan } from '../store/shifts.ts';
import { DoneSchema, EmptySchema, IdParamsSchema } from './contract.ts';
import { requireMine } from './conversations.ts';
import { auditedRoute, done, readRoute, refused } from './route.ts';
import type { Route } from './route.ts';
import { MAX_TALKED, TalkedSchema, WellbeingSchema } from './wellbeing-contract.ts';
import type { Wellbeing } from './wellbeing-contract.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const MAX_ABUSIVE = 50;

export const wellbeingRoutes: readonly Route[] = [
  readRoute({
    method: 'get',
    path: '/wellbeing',
    permission: 'supervise',
    summary:
      'What each colleague carries, weighted by risk, who has had no break and who no talk yet; what was closed as abusive. Codes only.',
    params: EmptySchema,
    body: EmptySchema,
    output: WellbeingSchema,
    handle: async ({ db, tools }) => {
      const now = tools.clock.now();
      const { care, gone_after_seconds: graceSeconds } = tools.deskRules;
      const lately = new Date(now.getTime() - care.load_days * DAY_MS);
      const [plan, working, debriefs, abusive] = await Promise.all([
        readPlan(db, now),
        listWorking(db, now, graceSeconds * 1000),
        listDebriefs(db, {
          ...{ risks: care.debrief_after, limit: MAX_TALKED },
          since: new Date(now.getTime() - care.debrief_days * DAY_MS),
        }),
        listAbusive(db, lately, MAX_ABUSIVE),
      ]);
      const people = working.map((one) => ({
        ...one,
        shiftFrom: lastShift(plan, one.id, now, care.load_days),
      }));
      const handled = await countHandled(db, people, lately);
      const rows = people.map(({ workingSince, onBreakSince, shiftFrom, ...one }) => {
        const own = handled.filter(({ userId }) => userId === one.id);
        const breakAt =
          workingSince === null ? null : workingSince.getTime() + care.break_after_minutes * MINUTE_MS;
        return {
          ...one,
          onBreakSince: onBreakSince?.toISOString() ?? null,
          workingSince: workingSince?.toISOString() ?? null,
          needsBreak: breakAt !== null && breakAt <= now.getTime(),
          shiftFrom: shiftFrom?.toISOString() ?? null,
          onShift: weigh(own, 'onShift', care.exposure_weight),
          lately: weigh(own, 'lately', care.exposure_weight),
        };
      });
      return done({
        ...{ now: now.toISOString(), days: care.load_days, breakAfterMinutes: care.break_after_minutes },
        weights: [...RISK_LEVELS].reverse().map((risk) => ({ risk, weight: care.exposure_weight[risk] })),
        people: rows
          .filter(({ isPresent, lately: { conversations } }) => isPresent || conversations > 0)
          .sort((a, b) => b.lately.load - a.lately.load),
        debriefs: groupByPerson(debriefs),
        abusive: abusive.map(({ at, ...one }) => ({ ...one, at: at.toISOString() })),
      });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/wellbeing/:id/talked',
    permission: 'supervise',
    summary:
      'A talk with this colleague about these conversations took place. What was said is kept nowhere.',
    params: IdParamsSchema,
    body: TalkedSchema,
    output: DoneSchema,
    refusals: ['not_yourself', 'nothing_to_change'],
    audit: { action: 'debrief_held', object: 'user' },
    handle: async ({ actor, params, body, client, now }) => {
      if (params.id === actor.userId) return refused('not_yourself');
      const talked = await markTalked(client, params.id, body.handoverIds, { by: actor.userId, now });
      if (talked === 0) return refused('nothing_to_change');
      return done({ done: true }, { objectId: params.id, detail: { conversations: talked } });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/conversations/:id/warn',
    permission: 'desk',
    summary:
      'Tell somebody who abuses the line that the conversation ends if it goes on. Never in high or imminent risk. Closing as abusive needs it.',
    params: IdParamsSchema,
    body: EmptySchema,
    output: DoneSchema,
    refusals: [
      'not_found',
      'not_yours',
      'transfer_open',
      'risk_forbids',
      'nothing_to_change',
      'warning_unsent',
    ],
    audit: { action: 'abuse_warned', object: 'conversation' },
    handle: async ({ actor, params, client, now, tools }) => {
      const refusal = await requireMine(client, tools, params.id, actor);
      if (refusal !== null) return refusal;
      const item = await readDeskItem(client, tools.vault, params.id);
      if (item === null) return refused('not_found');
      if (item.risk === 'high' || item.risk === 'imminent') return refused('risk_forbids');
      if (item.warnedAt !== null) return refused('nothing_to_change');
      const isTold = await tools.tellPerson(client, {
        ...{ conversationId: params.id, userId: actor.userId, messageKey: tools.deskRules.abuse.warning },
      });
      if (!isTold) return refused('warning_unsent');
      await markWarned(client, params.id, now);
      await tools.announce(client, [
        { kind: 'conversation_changed', conversationId: params.id, userId: null },
      ]);
      return done({ done: true }, { objectId: params.id });
    },
  }),
];

/** Start of the shift that goes on or was the last one. */
function lastShift(plan: Plan, userId: string, now: Date, days: number): Date | null {
  const shifts = listShifts(plan, addDays(dayOf(now), -days), days + 1);
  return shifts.findLast((one) => one.userId === userId && one.startsAt <= now)?.startsAt ?? null;
}

function weigh(
  handled: readonly Handled[],
  of: 'onShift' | 'lately',
  weights: DeskRules['care']['exposure_weight'],
): Wellbeing['people'][number]['lately'] {
  const count = (rows: readonly Handled[]): number => rows.reduce((sum, row) => sum + row[of], 0);
  return {
    load: handled.reduce((sum, row) => sum + row[of] * weights[row.risk], 0),
    conversations: count(handled),
    imminent: count(handled.filter(({ risk }) => risk === 'imminent')),
  };
}

function groupByPerson(debriefs: readonly Debrief[]): Wellbeing['debriefs'] {
  const people = new Map<string, Wellbeing['debriefs'][number]>();
  for (const { userId, displayName, isAsked, outcome, since, ...one } of debriefs) {
    const before = people.get(userId);
    people.set(userId, {
      user: { id: userId, displayName },
      isAsked: isAsked || before?.isAsked === true,
      conversations: [
        ...(before?.conversations ?? []),
        { ...one, isAbusive: outcome === 'abusive', since: since.toISOString() },
      ],
    });
  }
  return [...people.values()];
}
