/** Work on a case: notes, tasks, the way after coming back, referrals; and the sheet for the next shift. */
import { RETURN_STEPS } from '../case-registers.ts';
import {
  addEntry,
  addReferral,
  addTask,
  endArrivedTasks,
  listOpenTasks,
  listReferrals,
  setReferralState,
  setTaskDone,
} from '../store/case-parts.ts';
import { listCases, type StoredCase } from '../store/cases.ts';
import { listQueue } from '../store/queue.ts';
import { vietnamDay } from '../vietnam-day.ts';
import {
  HandoverSheetSchema,
  NoteSchema,
  ReferralParamsSchema,
  ReferralSaveSchema,
  ReferSchema,
  ReturnPathSchema,
  TaskAddSchema,
  TaskDoneSchema,
  TaskParamsSchema,
} from './case-contract.ts';
import { describeTask, isSupervisor, openForChange } from './case-view.ts';
import { DoneSchema, EmptySchema, IdParamsSchema } from './contract.ts';
import { auditedRoute, done, readRoute, refused } from './route.ts';
import type { Refused, Route } from './route.ts';

const CHANGING = ['not_found', 'case_closed', 'consent_withdrawn'] as const;

/** conversations on a sheet: far more than one person can answer */
const MAX_MINE = 200;

export const caseWorkRoutes: readonly Route[] = [
  auditedRoute({
    method: 'post',
    path: '/cases/:id/notes',
    permission: 'cases',
    summary: 'Add a note to the line of what happened.',
    params: IdParamsSchema,
    body: NoteSchema,
    output: DoneSchema,
    refusals: CHANGING,
    audit: { action: 'case_note_added', object: 'case' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const opened = await openForChange(client, tools, params.id, actor, now);
      if (opened.kind === 'refused') return opened;
      await addEntry(client, tools.vault, opened.one, {
        ...{ id: tools.newId(), at: now, userId: actor.userId, kind: 'note', text: body.text },
      });
      return done({ done: true }, { objectId: params.id });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/cases/:id/tasks',
    permission: 'cases',
    summary: 'Add something to do, with its day in Vietnam.',
    params: IdParamsSchema,
    body: TaskAddSchema,
    output: DoneSchema,
    refusals: CHANGING,
    audit: { action: 'case_task_added', object: 'case' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const opened = await openForChange(client, tools, params.id, actor, now);
      if (opened.kind === 'refused') return opened;
      const task = { kind: 'own' as const, step: null, referralId: null, ...body };
      await addTask(client, tools.vault, opened.one, { id: tools.newId(), ...task }, now);
      return done({ done: true }, { objectId: params.id, detail: { due: body.dueOn } });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/cases/:id/tasks/:taskId',
    permission: 'cases',
    summary: 'A task is done, or not done after all.',
    params: TaskParamsSchema,
    body: TaskDoneSchema,
    output: DoneSchema,
    refusals: ['not_found', 'case_closed', 'nothing_to_change'],
    audit: { action: 'case_task_changed', object: 'case' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const opened = await openForChange(client, tools, params.id, actor, now, 'end');
      if (opened.kind === 'refused') return opened;
      if (opened.one.state === 'closed') return refused('case_closed');
      const by = body.done ? { by: actor.userId, at: now } : null;
      if (!(await setTaskDone(client, params.id, params.taskId, by))) return refused('nothing_to_change');
      await addEntry(client, tools.vault, opened.one, {
        ...{ id: tools.newId(), at: now, userId: actor.userId, kind: body.done ? 'task_done' : 'task_open' },
      });
      return done({ done: true }, { objectId: params.id, detail: { task: params.taskId, done: body.done } });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/cases/:id/return-path',
    permission: 'cases',
    summary:
      'Add the steps after coming back as tasks. Only a deadline that two sources confirm gets a date; the rest says where to ask.',
    params: IdParamsSchema,
    body: ReturnPathSchema,
    output: DoneSchema,
    refusals: CHANGING,
    audit: { action: 'case_return_path_begun', object: 'case' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const opened = await openForChange(client, tools, params.id, actor, now);
      if (opened.kind === 'refused') return opened;
      for (const [index, { id: step, days }] of RETURN_STEPS.entries()) {
        const after = days === null ? null : tools.caseRegisters.factDays(days, now);
        await addTask(
          client,
          tools.vault,
          opened.one,
          {
            ...{ id: tools.newId(), kind: 'step', step, title: null, referralId: null },
            dueOn: after === null ? null : addDays(body.from, after),
          },
          // in the order of the way
          new Date(now.getTime() + index),
        );
      }
      await addEntry(client, tools.vault, opened.one, {
        ...{
          id: tools.newId(),
          at: now,
          userId: actor.userId,
          kind: 'return_path',
          detail: { from: body.from },
        },
      });
      return done({ done: true }, { objectId: params.id });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/cases/:id/referrals',
    permission: 'cases',
    summary:
      'Refer to a service of the register. What is told there is the person’s choice; without their consent only against a danger and in a supervisor’s name.',
    params: IdParamsSchema,
    body: ReferSchema,
    output: DoneSchema,
    refusals: [
      ...CHANGING,
      ...([
        'unknown_target',
        'province_needed',
        'consent_needed',
        'consent_too_narrow',
        'supervisor_needed',
      ] as const),
    ],
    audit: { action: 'case_referred', object: 'case' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      // a withdrawn consent does not stop what a danger asks for
      const to = body.danger === null ? 'change' : 'end';
      const opened = await openForChange(client, tools, params.id, actor, now, to);
      if (opened.kind === 'refused') return opened;
      if (opened.one.state === 'closed') return refused('case_closed');
      const { services, provinces } = tools.caseRegisters;
      const service = services('vi', now).find(({ id }) => id === body.service);
      const isPlaceKnown = body.province === null || provinces('vi').some(({ id }) => id === body.province);
      if (service === undefined || !isPlaceKnown) return refused('unknown_target');
      if (body.province === null && (service.level === 'commune' || service.level === 'province'))
        return refused('province_needed');
      const { danger, sharing } = body;
      const missing =
        danger === null
          ? findMissingConsent(opened.one, sharing)
          : (await isSupervisor(client, danger.supervisorId))
            ? null
            : refused('supervisor_needed');
      if (missing !== null) return missing;
      const id = tools.newId();
      const basis = danger === null ? 'consent' : 'danger';
      await addReferral(client, tools.vault, opened.one, {
        ...{ id, service: service.id, province: body.province, sharing, basis, note: body.note },
        ...{ supervisorId: danger?.supervisorId ?? null, userId: actor.userId, now },
      });
      await addTask(
        client,
        tools.vault,
        opened.one,
        {
          ...{ id: tools.newId(), kind: 'arrived', step: null, title: null, referralId: id },
          dueOn: addDays(vietnamDay(now), body.askAfterDays),
        },
        now,
      );
      const detail = { service: service.id, sharing, basis };
      await addEntry(client, tools.vault, opened.one, {
        ...{ id: tools.newId(), at: now, userId: actor.userId, kind: 'referred', detail },
        text: danger?.reason ?? null,
      });
      return done(
        { done: true },
        { objectId: params.id, detail: { ...detail, supervisor: danger?.supervisorId ?? null } },
      );
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/cases/:id/referrals/:referralId',
    permission: 'cases',
    summary: 'How a referral stands; once it is known whether they arrived, nobody has to ask any more.',
    params: ReferralParamsSchema,
    body: ReferralSaveSchema,
    output: DoneSchema,
    refusals: ['not_found', 'case_closed'],
    audit: { action: 'case_referral_changed', object: 'case' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const opened = await openForChange(client, tools, params.id, actor, now, 'end');
      if (opened.kind === 'refused') return opened;
      if (opened.one.state === 'closed') return refused('case_closed');
      const { id, referralId } = params;
      if (!(await setReferralState(client, id, referralId, body.state, now))) return refused('not_found');
      if (['arrived', 'not_arrived', 'refused'].includes(body.state))
        await endArrivedTasks(client, referralId, { by: actor.userId, at: now });
      const service =
        (await listReferrals(client, tools.vault, opened.one)).find((one) => one.id === referralId)
          ?.service ?? '';
      await addEntry(client, tools.vault, opened.one, {
        ...{ id: tools.newId(), at: now, userId: actor.userId, kind: 'referral_changed' },
        detail: { service, state: body.state },
      });
      return done({ done: true }, { objectId: id, detail: { referral: referralId, state: body.state } });
    },
  }),
  readRoute({
    method: 'get',
    path: '/handover-sheet',
    permission: 'cases',
    summary:
      'For the next shift: my open conversations and cases by code, and what is due. No names, no texts.',
    params: EmptySchema,
    body: EmptySchema,
    output: HandoverSheetSchema,
    handle: async ({ actor, db, tools }) => {
      const now = tools.clock.now();
      const today = vietnamDay(now);
      const mine = await listQueue(db, tools.vault, {
        ...{ tab: 'mine', userId: actor.userId, filter: {}, order: { ...tools.deskOrder, now } },
        ...{ limit: MAX_MINE, offset: 0 },
      });
      const plans = await db.query<{ id: string }>(
        'select id from conversations where id = any($1::uuid[]) and plan_wording is not null',
        [mine.map(({ conversationId }) => conversationId)],
      );
      const withPlan = new Set(plans.rows.map(({ id }) => id));
      const cases = (await listCases(db, { ownerId: actor.userId, today, now })).filter(
        ({ state }) => state === 'open',
      );
      const tasks = await listOpenTasks(
        db,
        cases.map(({ id }) => id),
      );
      return done({
        ...{ now: now.toISOString(), today, by: actor.displayName },
        conversations: mine.map(
          ({ conversationId, code, channel, risk, takenAt, lastInboundAt, lastOutboundAt }) => ({
            ...{ code, channel, risk, takenAt: takenAt?.toISOString() ?? null },
            awaitsReply:
              lastInboundAt !== null && (lastOutboundAt === null || lastInboundAt > lastOutboundAt),
            hasPlan: withPlan.has(conversationId),
          }),
        ),
        cases: cases.map(({ id, code }) => ({
          code,
          tasks: tasks
            .filter(({ caseId }) => caseId === id)
            .map(({ caseId: _caseId, ...task }) => describeTask(task, { tools, actor, now })),
        })),
      });
    },
  }),
];

/** Nothing leaves without the person's word, and nothing more than they allowed. */
function findMissingConsent(one: StoredCase, sharing: 'nothing' | 'anonymous' | 'named'): Refused | null {
  const { basis, consent, consentLevel } = one;
  if (basis !== 'consent' || consent === null || !consent.purposes.includes('referral'))
    return refused('consent_needed');
  return sharing === 'named' && consentLevel !== 'named' ? refused('consent_too_narrow') : null;
}

function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
