/** What needs a second person: who may ask, who may agree, and how it is then carried out, once. */
import type { PoolClient } from 'pg';
import { appendAudit } from '../store/audit.ts';
import type { AuditDetail } from '../store/audit.ts';
import {
  APPROVAL_KINDS,
  type ApprovalKind,
  decideApproval,
  insertApproval,
  listApprovals,
  lockApproval,
} from '../store/approvals.ts';
import { deleteCase } from '../store/case-erase.ts';
import { listCaseContacts, lockCase } from '../store/cases.ts';
import { removeAllFactors } from '../store/second-factors.ts';
import { endAllUserSessions } from '../store/user-sessions.ts';
import type { Actor } from '../store/user-sessions.ts';
import { countAble, readUser, setUserRole } from '../store/users.ts';
import { ApprovalsSchema, CarriedSchema, DoneSchema, EmptySchema, IdParamsSchema } from './contract.ts';
import type { Carried } from './contract.ts';
import { may, POLICIES } from './policies.ts';
import type { Permission } from './policies.ts';
import { auditedRoute, done, readRoute, refused } from './route.ts';
import type { Reply, Route, Tools } from './route.ts';

interface Kind {
  ask: Permission;
  agree: Permission;
  /** may do it where nobody else could agree */
  alone: Permission;
  /** of the row that the carrying out itself leaves */
  action: string;
  object: 'user' | 'case';
  /** @returns what is worth keeping; null when it cannot be done any more */
  carryOut: (client: PoolClient, subjectId: string, tools: Tools, now: Date) => Promise<AuditDetail | null>;
}

/** A new kind is a line here and in `APPROVAL_KINDS`; later: texts of safety, exports. */
const KINDS: Readonly<Record<ApprovalKind, Kind>> = {
  make_admin: {
    ask: 'accounts',
    agree: 'accounts',
    alone: 'accounts',
    action: 'role_changed',
    object: 'user',
    carryOut: async (client, subjectId, tools, now) => {
      const subject = await readUser(client, subjectId);
      if (subject === null || subject.role === 'admin' || subject.disabledAt !== null) return null;
      await setUserRole(client, subject.id, 'admin');
      const sessions = await endSessions(client, subject.id, tools, now);
      return { from: subject.role, to: 'admin', sessions };
    },
  },
  reset_factor: {
    ask: 'staff',
    agree: 'accounts',
    alone: 'staff',
    action: 'factor_reset',
    object: 'user',
    carryOut: async (client, subjectId, tools, now) => {
      if ((await readUser(client, subjectId)) === null) return null;
      await removeAllFactors(client, subjectId);
      return { sessions: await endSessions(client, subjectId, tools, now) };
    },
  },
  // a case that is deleted cannot be asked for again: whoever has it asks, somebody who supervises looks at it with them
  erase_case: {
    ask: 'cases',
    agree: 'supervise',
    alone: 'supervise',
    action: 'case_erased',
    object: 'case',
    carryOut: async (client, subjectId, tools) => {
      if (!(await lockCase(client, subjectId))) return null;
      const contacts = await listCaseContacts(client, subjectId);
      await deleteCase(client, subjectId);
      await tools.announce(
        client,
        contacts.map((conversationId) => ({ kind: 'conversation_changed', conversationId, userId: null })),
      );
      return { contacts: contacts.length };
    },
  },
};

export const approvalRoutes: readonly Route[] = [
  readRoute({
    method: 'get',
    path: '/approvals',
    permission: 'staff',
    summary:
      'What waits for a second person, and what was decided lately. Supervisors see what they asked for, and cases to be deleted.',
    params: EmptySchema,
    body: EmptySchema,
    output: ApprovalsSchema,
    handle: async ({ actor, db, tools }) => {
      const by = may(actor.role, 'accounts') ? null : actor.userId;
      const found = await listApprovals(db, tools.vault, {
        ...{ by, now: tools.clock.now(), limit: MAX_LISTED },
        kinds: APPROVAL_KINDS.filter((kind) => may(actor.role, KINDS[kind].agree)),
      });
      const approvals = found.map(({ id, kind, reason, state, ...one }) => ({
        ...{ id, kind, reason, state },
        subject: { id: one.subjectId, displayName: one.subjectName },
        requestedBy: { id: one.requestedBy, displayName: one.requestedByName },
        decidedBy:
          one.decidedBy === null ? null : { id: one.decidedBy, displayName: one.decidedByName ?? '' },
        requestedAt: one.requestedAt.toISOString(),
        expiresAt: one.expiresAt.toISOString(),
        mayDecide: state === 'waiting' && mayAgree(actor, { kind, ...one }),
      }));
      return done({ approvals });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/approvals/:id/agree',
    permission: 'staff',
    assurance: 'fresh',
    summary: "Agree to a colleague's wish: it is carried out at once, and once.",
    params: IdParamsSchema,
    body: EmptySchema,
    output: CarriedSchema,
    refusals: ['approval_over', 'forbidden'],
    audit: { action: 'approval_given', object: 'approval' },
    handle: async ({ actor, params, client, now, tools }) => {
      const approval = await lockApproval(client, params.id, now);
      if (approval === null) return refused('approval_over');
      if (!mayAgree(actor, approval)) return refused('forbidden');
      const kind = KINDS[approval.kind];
      const asker = await readUser(client, approval.requestedBy);
      // whoever asked may have been disabled since, for a reason
      const stillMay = asker !== null && asker.disabledAt === null && may(asker.role, kind.ask);
      const detail = stillMay ? await kind.carryOut(client, approval.subjectId, tools, now) : null;
      if (detail === null) return refused('approval_over');
      await decideApproval(client, approval.id, { state: 'done', by: actor.userId, now });
      await appendAudit(client, {
        ...{ at: now, userId: actor.userId, action: kind.action, objectKind: kind.object },
        ...{ objectId: approval.subjectId },
        detail: { ...detail, approval: approval.id, requestedBy: approval.requestedBy },
      });
      return done(
        { state: 'done' as const, expiresAt: null },
        { objectId: approval.id, detail: { kind: approval.kind } },
      );
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/approvals/:id/refuse',
    permission: 'cases',
    summary: "Refuse a colleague's wish, or take back one's own.",
    params: IdParamsSchema,
    body: EmptySchema,
    output: DoneSchema,
    refusals: ['approval_over', 'forbidden'],
    audit: { action: 'approval_refused', object: 'approval' },
    handle: async ({ actor, params, client, now }) => {
      const approval = await lockApproval(client, params.id, now);
      if (approval === null) return refused('approval_over');
      const isOwn = approval.requestedBy === actor.userId;
      if (!isOwn && !mayAgree(actor, approval)) return refused('forbidden');
      const state = isOwn ? 'withdrawn' : 'refused';
      await decideApproval(client, approval.id, { state, by: actor.userId, now });
      return done({ done: true as const }, { objectId: approval.id, detail: { kind: approval.kind, state } });
    },
  }),
];

const MAX_LISTED = 50;

/** Neither who asked nor whom it is about. */
export function mayAgree(
  actor: Actor,
  { kind, requestedBy, subjectId }: { kind: ApprovalKind; requestedBy: string; subjectId: string },
): boolean {
  return may(actor.role, KINDS[kind].agree) && actor.userId !== requestedBy && actor.userId !== subjectId;
}

/**
 * Asks for a second person; where there is nobody who could agree, it is carried out at once, and the audit says `alone`.
 * Inside the transaction of the route, which leaves the row of asking.
 */
export async function askOrCarryOut(
  client: PoolClient,
  tools: Tools,
  wish: {
    kind: ApprovalKind;
    subjectId: string;
    /** of a case */
    subjectCode?: string;
    reason: string;
    actor: Actor;
    now: Date;
  },
): Promise<Reply<Carried>> {
  const { kind: name, subjectId, subjectCode = null, reason, actor, now } = wish;
  const kind = KINDS[name];
  // nobody becomes able to agree, or stops being it, while we count
  await client.query('lock table users in share row exclusive mode');
  const able = await countAble(client, POLICIES[kind.agree], [actor.userId, subjectId]);
  const id = tools.newId();
  const approval = { id, kind: name, subjectId, subjectCode, reason, requestedBy: actor.userId, now };
  if (able === 0) {
    if (!may(actor.role, kind.alone)) return refused('supervisor_needed');
    const detail = await kind.carryOut(client, subjectId, tools, now);
    if (detail === null) return refused('nothing_to_change');
    // what is gone takes its reasons along
    const kept = kind.object === 'case' ? '' : reason;
    await insertApproval(client, tools.vault, { ...approval, reason: kept, state: 'alone' });
    await appendAudit(client, {
      ...{ at: now, userId: actor.userId, action: kind.action, objectKind: kind.object, objectId: subjectId },
      detail: { ...detail, approval: id, alone: true },
    });
    return done(
      { state: 'done', expiresAt: null },
      { objectId: subjectId, detail: { kind: name, alone: true } },
    );
  }
  const expiresAt = await insertApproval(client, tools.vault, { ...approval, state: 'waiting' });
  if (expiresAt === null) return refused('already_asked');
  return done(
    { state: 'waiting', expiresAt: expiresAt.toISOString() },
    { objectId: subjectId, detail: { kind: name, approval: id } },
  );
}

async function endSessions(client: PoolClient, userId: string, tools: Tools, now: Date): Promise<number> {
  const sessions = await endAllUserSessions(client, userId, now);
  await tools.announce(client, [{ kind: 'user_session_ended', conversationId: null, userId }]);
  return sessions;
}
