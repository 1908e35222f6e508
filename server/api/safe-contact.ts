/** The plan of safe contact of one conversation: reading, agreeing, taking back, and writing outside it for a reason. */
import type { PoolClient } from 'pg';
import { readDeskItem } from '../store/desk.ts';
import {
  listPlanChanges,
  overridePlan,
  readPlan,
  removePlan,
  savePlan,
  type PlanChange,
} from '../store/safe-contact.ts';
import type { Actor } from '../store/user-sessions.ts';
import { DoneSchema, EmptySchema, IdParamsSchema } from './contract.ts';
import { lockOpenItem, mayRead, requireMine, tellAll } from './conversations.ts';
import { may } from './policies.ts';
import { auditedRoute, done, refused } from './route.ts';
import type { Refused, Route, Tools } from './route.ts';
import {
  OverriddenSchema,
  PlanReasonSchema,
  PlanSaveSchema,
  PlanViewSchema,
} from './safe-contact-contract.ts';

/** Long enough to write what could not wait, too short to be forgotten. */
const OVERRIDE_MS = 15 * 60_000;

export const safeContactRoutes: readonly Route[] = [
  auditedRoute({
    method: 'get',
    path: '/conversations/:id/plan',
    permission: 'texts',
    summary: 'How this person may be reached safely. Each read is audited.',
    params: IdParamsSchema,
    body: EmptySchema,
    output: PlanViewSchema,
    refusals: ['not_found'],
    audit: { action: 'plan_read', object: 'conversation' },
    handle: async ({ actor, params, client, now, tools }) => {
      const item = await readDeskItem(client, tools.vault, params.id);
      if (item === null || !mayRead(actor, item)) return refused('not_found');
      const view = await readPlan(client, tools.vault, params.id, now);
      const changes = await listPlanChanges(client, tools.vault, params.id);
      const overrideUntil = view?.overrideUntil ?? null;
      const value = {
        now: now.toISOString(),
        plan: view?.plan ?? null,
        updatedAt: view?.updatedAt.toISOString() ?? null,
        updatedBy: view?.updatedBy ?? null,
        overrideUntil: overrideUntil !== null && overrideUntil > now ? overrideUntil.toISOString() : null,
        held: view?.held ?? 0,
        heldUntil: view?.heldUntil?.toISOString() ?? null,
        mayChange: may(actor.role, 'supervise') || item.takenBy?.id === actor.userId,
        changes: changes.map(({ at, ...change }) => ({ ...change, at: at.toISOString() })),
      };
      return done(value, { objectId: params.id, detail: { plan: view !== null } });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/conversations/:id/plan',
    permission: 'desk',
    summary:
      'Keep what was agreed; from then on bot, counsellors and campaigns are held to it by the sender.',
    params: IdParamsSchema,
    body: PlanSaveSchema,
    output: DoneSchema,
    refusals: ['not_found', 'not_yours'],
    audit: { action: 'plan_saved', object: 'conversation' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const refusal = await requireCarer(client, tools, params.id, actor);
      if (refusal !== null) return refusal;
      const change = { ...changeOf(tools, params.id, actor, now), reason: null };
      await savePlan(client, tools.vault, change, body.plan);
      await tellAll(client, tools, params.id);
      const { wording, mayWriteFirst, answers } = body.plan;
      return done({ done: true }, { objectId: params.id, detail: { wording, mayWriteFirst, answers } });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/conversations/:id/plan/remove',
    permission: 'desk',
    summary: 'The plan no longer holds; a reason is kept.',
    params: IdParamsSchema,
    body: PlanReasonSchema,
    output: DoneSchema,
    refusals: ['not_found', 'not_yours', 'no_plan'],
    audit: { action: 'plan_removed', object: 'conversation' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const refusal = await requireCarer(client, tools, params.id, actor);
      if (refusal !== null) return refusal;
      const change = { ...changeOf(tools, params.id, actor, now), reason: body.reason };
      if (!(await removePlan(client, tools.vault, change))) return refused('no_plan');
      await tellAll(client, tools, params.id);
      return done({ done: true }, { objectId: params.id });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/conversations/:id/plan/override',
    permission: 'desk',
    summary: `Let a counsellor write outside the plan for ${String(OVERRIDE_MS / 60_000)} minutes; a reason is kept and supervisors see it. The bot stays held.`,
    params: IdParamsSchema,
    body: PlanReasonSchema,
    output: OverriddenSchema,
    refusals: ['not_found', 'not_yours', 'no_plan'],
    audit: { action: 'plan_overridden', object: 'conversation' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const refusal = await requireMine(client, tools, params.id, actor);
      if (refusal !== null) return refusal;
      const until = new Date(now.getTime() + OVERRIDE_MS);
      const change = { ...changeOf(tools, params.id, actor, now), reason: body.reason };
      if (!(await overridePlan(client, tools.vault, change, until))) return refused('no_plan');
      await tellAll(client, tools, params.id);
      return done({ until: until.toISOString() }, { objectId: params.id });
    },
  }),
];

function changeOf(
  tools: Tools,
  conversationId: string,
  { userId }: Actor,
  now: Date,
): Omit<PlanChange, 'reason'> {
  return { id: tools.newId(), conversationId, userId, now };
}

/** Whoever answers this person, or a supervisor. The conversation is locked from here on. */
async function requireCarer(
  client: PoolClient,
  tools: Tools,
  id: string,
  actor: Actor,
): Promise<Refused | null> {
  if (!may(actor.role, 'supervise')) return requireMine(client, tools, id, actor);
  return (await lockOpenItem(client, tools, id, actor)) === null ? refused('not_found') : null;
}
