/** Cases as the API shows them, and who may see and change one. */
import type { PoolClient } from 'pg';
import type { Db } from '../ports.ts';
import { readWaitingApproval } from '../store/approvals.ts';
import { RETURN_STEPS } from '../case-registers.ts';
import { listEntries, listReferrals, listTasks, type TaskView } from '../store/case-parts.ts';
import { type CaseRow as StoredRow, lockCase, readCase, type StoredCase } from '../store/cases.ts';
import type { Actor } from '../store/user-sessions.ts';
import { readUser } from '../store/users.ts';
import { vietnamDay } from '../vietnam-day.ts';
import { type Case, type CaseRow, FieldsSchema, IDENTITY_PARTS, type Task } from './case-contract.ts';
import { mayAgree } from './approvals.ts';
import { may } from './policies.ts';
import { refused, type Refused, type Tools } from './route.ts';

export function describeRow(row: StoredRow, actor: Actor): CaseRow {
  const { id, code, state, basis, ownerId, ownerName, openedAt, closedAt, outcome } = row;
  const { tasksOpen, tasksOverdue, nextDueOn } = row;
  return {
    ...{ id, code, state, basis, outcome, tasksOpen, tasksOverdue, nextDueOn },
    owner: { id: ownerId, displayName: ownerName },
    isMine: ownerId === actor.userId,
    openedAt: openedAt.toISOString(),
    closedAt: closedAt?.toISOString() ?? null,
  };
}

/** Facts are filled in as they may be said today, not as they stood when the task was made. */
export function describeTask<T extends Omit<TaskView, 'title'>>(
  task: T,
  { tools, actor, now }: { tools: Tools; actor: Actor; now: Date },
): Omit<T, 'doneAt'> & Pick<Task, 'facts' | 'isOverdue' | 'doneAt'> {
  const step = RETURN_STEPS.find(({ id }) => id === task.step);
  const facts = Object.fromEntries(
    (step?.facts ?? []).map((id) => [
      // placeholders of ICU messages are words
      id.replaceAll('-', '_'),
      tools.caseRegisters.fact(id, actor.uiLanguage, now),
    ]),
  );
  return {
    ...task,
    facts,
    isOverdue: task.doneAt === null && task.dueOn !== null && task.dueOn < vietnamDay(now),
    doneAt: task.doneAt?.toISOString() ?? null,
  };
}

export async function describeCase(
  db: Db,
  tools: Tools,
  one: StoredCase,
  actor: Actor,
  now: Date,
): Promise<Case> {
  const { consent, consentLevel } = one;
  const wish = await readWaitingApproval(db, tools.vault, { kind: 'erase_case', subjectId: one.id, now });
  const [tasks, referrals, entries] = [
    await listTasks(db, tools.vault, one),
    await listReferrals(db, tools.vault, one),
    await listEntries(db, tools.vault, one),
  ];
  return {
    ...describeRow(one, actor),
    now: now.toISOString(),
    today: vietnamDay(now),
    revision: one.revision,
    supervisor: one.supervisorName,
    consent:
      consent === null || consentLevel === null
        ? null
        : {
            ...consent,
            purposes: [...consent.purposes],
            level: consentLevel,
            channel: spokenBy(consent.channel),
          },
    consentWithdrawnAt: one.consentWithdrawnAt?.toISOString() ?? null,
    erasureAskedAt: one.erasureAskedAt?.toISOString() ?? null,
    erasure:
      wish === null
        ? null
        : {
            approvalId: wish.id,
            by: { id: wish.requestedBy, displayName: wish.requestedByName },
            reason: wish.reason,
            expiresAt: wish.expiresAt.toISOString(),
            mayDecide: mayAgree(actor, wish),
            isMine: wish.requestedBy === actor.userId,
          },
    fields: FieldsSchema.parse(one.fields),
    identity: IDENTITY_PARTS.filter((part) => one.identityParts.includes(part)),
    contacts: one.contacts.map(({ conversationId, code, channel, hasPlan }) => ({
      ...{ conversationId, code, channel, hasPlan },
    })),
    tasks: tasks.map((task) => describeTask(task, { tools, actor, now })),
    referrals: referrals.map(({ createdAt, updatedAt, ...referral }) => ({
      ...referral,
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
    })),
    entries: entries.map(({ at, ...entry }) => ({
      ...entry,
      at: at.toISOString(),
      detail: { ...entry.detail },
    })),
    maySupervise: may(actor.role, 'supervise'),
  };
}

type SpokenBy = NonNullable<Case['consent']>['channel'];
const SPOKEN: readonly SpokenBy[] = ['web', 'telegram', 'messenger', 'zalo', 'line', 'phone', 'in_person'];
function spokenBy(channel: string): SpokenBy {
  return SPOKEN.find((one) => one === channel) ?? 'in_person';
}

/** Whoever has it, a supervisor, and whoever answers one of its contacts now. */
export function maySeeCase(actor: Actor, one: StoredCase): boolean {
  if (may(actor.role, 'supervise') || one.ownerId === actor.userId) return true;
  return one.contacts.some(({ takenBy }) => takenBy === actor.userId);
}

/** @returns null for one that does not exist and for one outside the scope alike */
export async function findCase(
  db: Db,
  tools: Tools,
  id: string,
  actor: Actor,
  now: Date,
): Promise<StoredCase | null> {
  const one = await readCase(db, tools.vault, id, vietnamDay(now));
  return one !== null && maySeeCase(actor, one) ? one : null;
}

/** Locked until the transaction ends. `to`: what for; a closed case is only reopened, and without consent nothing is added. */
export async function openForChange(
  client: PoolClient,
  tools: Tools,
  id: string,
  actor: Actor,
  now: Date,
  to: 'change' | 'end' = 'change',
): Promise<{ kind: 'case'; one: StoredCase } | Refused> {
  if (!(await lockCase(client, id))) return refused('not_found');
  const one = await findCase(client, tools, id, actor, now);
  if (one === null) return refused('not_found');
  if (to === 'end') return { kind: 'case', one };
  if (one.state === 'closed') return refused('case_closed');
  if (one.basis === 'consent' && one.consentWithdrawnAt !== null) return refused('consent_withdrawn');
  return { kind: 'case', one };
}

/** An exception stands in the name of somebody who may decide it: an enabled account with `supervise`. */
export async function isSupervisor(db: Db, userId: string): Promise<boolean> {
  const user = await readUser(db, userId);
  return user !== null && user.disabledAt === null && may(user.role, 'supervise');
}
