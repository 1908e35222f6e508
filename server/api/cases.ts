/** Cases: opening with consent, reading, what is known, consent, closing, merging, erasing. Each leaves an audit row. */
import { addEntry } from '../store/case-parts.ts';
import { mergeCases } from '../store/case-merge.ts';
import {
  closeCase,
  findCaseByCode,
  findCaseOf,
  giveCase,
  insertCase,
  listCases,
  lockCase,
  readIdentity,
  reopenCase,
  saveConsent,
  saveFields,
  saveIdentity,
  withdrawConsent,
} from '../store/cases.ts';
import { readDeskItem } from '../store/desk.ts';
import { listUsers, readUser } from '../store/users.ts';
import { vietnamDay } from '../vietnam-day.ts';
import { askOrCarryOut } from './approvals.ts';
import {
  CaseCloseSchema,
  CaseOfSchema,
  CaseOptionsSchema,
  CaseReasonSchema,
  CaseSchema,
  CasesSchema,
  CONSENT_TEXT_VERSION,
  ConsentSaveSchema,
  type Fields,
  FieldsSaveSchema,
  IdentitySaveSchema,
  MergeSchema,
  OpenCaseSchema,
  OpenedCaseSchema,
  OwnerSchema,
  UnmaskedSchema,
} from './case-contract.ts';
import { describeCase, describeRow, findCase, isSupervisor, openForChange } from './case-view.ts';
import { CarriedSchema, DoneSchema, EmptySchema, IdParamsSchema } from './contract.ts';
import { lockOpenItem, mayRead, tellAll } from './conversations.ts';
import { may } from './policies.ts';
import { auditedRoute, done, readRoute, refused } from './route.ts';
import type { Route } from './route.ts';

const NOTHING_KNOWN: Fields = {
  ...{ ageBand: null, sex: null, country: null, province: null, forms: [], means: [] },
  ...{ recruiter: null, status: null },
};

export const caseRoutes: readonly Route[] = [
  readRoute({
    method: 'get',
    path: '/cases',
    permission: 'cases',
    summary:
      'Cases by code with what is due; own ones, and everybody’s for supervisors. Nothing of what is in them.',
    params: EmptySchema,
    body: EmptySchema,
    output: CasesSchema,
    handle: async ({ actor, db, tools }) => {
      const now = tools.clock.now();
      const today = vietnamDay(now);
      const ownerId = may(actor.role, 'supervise') ? null : actor.userId;
      const cases = await listCases(db, { ownerId, today, now });
      return done({ now: now.toISOString(), today, cases: cases.map((row) => describeRow(row, actor)) });
    },
  }),
  readRoute({
    method: 'get',
    path: '/cases/options',
    permission: 'cases',
    summary: 'What the forms of a case offer: services and places of the registers, supervisors, colleagues.',
    params: EmptySchema,
    body: EmptySchema,
    output: CaseOptionsSchema,
    handle: async ({ actor, db, tools }) => {
      const now = tools.clock.now();
      const { services, provinces, countries } = tools.caseRegisters;
      const users = (await listUsers(db, now)).filter(({ disabledAt }) => disabledAt === null);
      const named = (permission: 'supervise' | 'cases') =>
        users.filter(({ role }) => may(role, permission)).map(({ id, displayName }) => ({ id, displayName }));
      return done({
        consentTextVersion: CONSENT_TEXT_VERSION,
        services: [...services(actor.uiLanguage, now)],
        provinces: [...provinces(actor.uiLanguage)],
        countries: [...countries(actor.uiLanguage)],
        supervisors: named('supervise'),
        colleagues: named('cases'),
      });
    },
  }),
  readRoute({
    method: 'get',
    path: '/conversations/:id/case',
    permission: 'cases',
    summary: 'Whether there is a case for this contact, by its code.',
    params: IdParamsSchema,
    body: EmptySchema,
    output: CaseOfSchema,
    refusals: ['not_found'],
    handle: async ({ actor, params, db, tools }) => {
      const item = await readDeskItem(db, tools.vault, params.id);
      if (item === null || !mayRead(actor, item)) return refused('not_found');
      const id = await findCaseOf(db, params.id);
      const one = id === null ? null : await findCase(db, tools, id, actor, tools.clock.now());
      if (one === null) return done({ case: null, isElsewhere: id !== null });
      const { code, state, tasksOpen, tasksOverdue } = one;
      return done({ case: { id: one.id, code, state, tasksOpen, tasksOverdue }, isElsewhere: false });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/conversations/:id/case',
    permission: 'cases',
    summary:
      'Open a case for this contact: with what the person agreed to, or to protect them and in a supervisor’s name. Opened twice, it is one.',
    params: IdParamsSchema,
    body: OpenCaseSchema,
    output: OpenedCaseSchema,
    refusals: ['not_found', 'not_yours', 'supervisor_needed', 'case_elsewhere'],
    audit: { action: 'case_opened', object: 'case' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const item = await lockOpenItem(client, tools, params.id, actor);
      if (item === null) return refused('not_found');
      if (item.takenBy?.id !== actor.userId && !may(actor.role, 'supervise')) return refused('not_yours');
      const known = await findCaseOf(client, params.id);
      if (known !== null) {
        if ((await findCase(client, tools, known, actor, now)) === null) return refused('case_elsewhere');
        return done({ caseId: known, isNew: false }, { objectId: known, detail: { known: true } });
      }
      const { consent, exception } = body;
      if (exception !== null && !(await isSupervisor(client, exception.supervisorId)))
        return refused('supervisor_needed');
      const id = tools.newId();
      const basis = exception?.kind ?? 'consent';
      const keyWrapped = await insertCase(client, tools.vault, {
        ...{ id, conversationId: params.id, userId: actor.userId, now, basis },
        supervisorId: exception?.supervisorId ?? null,
        level: consent?.level ?? null,
        consent: consent === null ? null : storedConsent(consent, now),
        fields: NOTHING_KNOWN,
      });
      const level = consent?.level ?? null;
      await addEntry(
        client,
        tools.vault,
        { id, keyWrapped },
        {
          ...{ id: tools.newId(), at: now, userId: actor.userId, kind: 'opened' },
          ...{ detail: { basis, level }, text: exception?.reason ?? null },
        },
      );
      await tellAll(client, tools, params.id);
      const supervisor = exception?.supervisorId ?? null;
      return done({ caseId: id, isNew: true }, { objectId: id, detail: { basis, level, supervisor } });
    },
  }),
  auditedRoute({
    method: 'get',
    path: '/cases/:id',
    permission: 'cases',
    summary: 'One case; what names somebody is masked. Each read is audited.',
    params: IdParamsSchema,
    body: EmptySchema,
    output: CaseSchema,
    refusals: ['not_found'],
    audit: { action: 'case_read', object: 'case' },
    handle: async ({ actor, params, client, now, tools }) => {
      const one = await findCase(client, tools, params.id, actor, now);
      if (one === null) return refused('not_found');
      return done(await describeCase(client, tools, one, actor, now), { objectId: params.id });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/cases/:id/fields',
    permission: 'cases',
    summary: 'Write what is known, in codes. Refused when somebody else changed it meanwhile.',
    params: IdParamsSchema,
    body: FieldsSaveSchema,
    output: DoneSchema,
    refusals: ['not_found', 'case_closed', 'consent_withdrawn', 'changed_meanwhile', 'unknown_target'],
    audit: { action: 'case_fields_changed', object: 'case' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const opened = await openForChange(client, tools, params.id, actor, now);
      if (opened.kind === 'refused') return opened;
      const { country, province } = body.fields;
      const { countries, provinces } = tools.caseRegisters;
      const isKnown =
        (country === null || countries('vi').some(({ id }) => id === country)) &&
        (province === null || provinces('vi').some(({ id }) => id === province));
      if (!isKnown) return refused('unknown_target');
      if (!(await saveFields(client, tools.vault, opened.one, { ...body, now })))
        return refused('changed_meanwhile');
      await addEntry(
        client,
        tools.vault,
        opened.one,
        entry(tools.newId(), actor.userId, now, 'fields_changed'),
      );
      return done({ done: true }, { objectId: params.id });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/cases/:id/identity',
    permission: 'cases',
    summary: 'Write what names somebody; only the parts given. Not for a person who wants to stay anonymous.',
    params: IdParamsSchema,
    body: IdentitySaveSchema,
    output: DoneSchema,
    refusals: ['not_found', 'case_closed', 'consent_withdrawn', 'case_anonymous'],
    audit: { action: 'case_identity_changed', object: 'case' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const opened = await openForChange(client, tools, params.id, actor, now);
      if (opened.kind === 'refused') return opened;
      if (opened.one.consentLevel === 'anonymous') return refused('case_anonymous');
      const before = await readIdentity(client, tools.vault, opened.one);
      await saveIdentity(client, tools.vault, opened.one, { ...before, ...body.identity }, now);
      const parts = Object.keys(body.identity).sort().join(' ');
      await addEntry(client, tools.vault, opened.one, {
        ...entry(tools.newId(), actor.userId, now, 'identity_changed'),
        detail: { parts },
      });
      return done({ done: true }, { objectId: params.id, detail: { parts } });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/cases/:id/unmask',
    permission: 'cases',
    assurance: 'fresh',
    summary: 'Show what names somebody, once, for a reason that stays in the case for the supervisor.',
    params: IdParamsSchema,
    body: CaseReasonSchema,
    output: UnmaskedSchema,
    refusals: ['not_found'],
    audit: { action: 'case_unmasked', object: 'case' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const opened = await openForChange(client, tools, params.id, actor, now, 'end');
      if (opened.kind === 'refused') return opened;
      const found = await readIdentity(client, tools.vault, opened.one);
      await addEntry(client, tools.vault, opened.one, {
        ...entry(tools.newId(), actor.userId, now, 'unmasked'),
        text: body.reason,
      });
      const { name = '', phone = '', birthYear = '', address = '', other = '' } = found;
      return done({ identity: { name, phone, birthYear, address, other } }, { objectId: params.id });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/cases/:id/consent',
    permission: 'cases',
    summary: 'What the person agrees to now. Who wants to be anonymous from now on leaves no name behind.',
    params: IdParamsSchema,
    body: ConsentSaveSchema,
    output: DoneSchema,
    refusals: ['not_found', 'case_closed'],
    audit: { action: 'case_consent_given', object: 'case' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const opened = await openForChange(client, tools, params.id, actor, now, 'end');
      if (opened.kind === 'refused') return opened;
      if (opened.one.state === 'closed') return refused('case_closed');
      const { level } = body.consent;
      await saveConsent(client, tools.vault, opened.one, { ...storedConsent(body.consent, now), level }, now);
      await addEntry(client, tools.vault, opened.one, {
        ...entry(tools.newId(), actor.userId, now, 'consent_given'),
        detail: { level },
      });
      return done({ done: true }, { objectId: params.id, detail: { level } });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/cases/:id/consent/withdraw',
    permission: 'cases',
    summary: 'The person takes their consent back: nothing is added and nobody is referred any more.',
    params: IdParamsSchema,
    body: EmptySchema,
    output: DoneSchema,
    refusals: ['not_found', 'case_closed', 'consent_withdrawn'],
    audit: { action: 'case_consent_withdrawn', object: 'case' },
    handle: async ({ actor, params, client, now, tools }) => {
      const opened = await openForChange(client, tools, params.id, actor, now);
      if (opened.kind === 'refused') return opened;
      await withdrawConsent(client, params.id, now);
      await addEntry(
        client,
        tools.vault,
        opened.one,
        entry(tools.newId(), actor.userId, now, 'consent_withdrawn'),
      );
      return done({ done: true }, { objectId: params.id });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/cases/:id/close',
    permission: 'cases',
    summary: 'Close with an outcome; it can be reopened until it is deleted.',
    params: IdParamsSchema,
    body: CaseCloseSchema,
    output: DoneSchema,
    refusals: ['not_found', 'case_closed'],
    audit: { action: 'case_closed', object: 'case' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const opened = await openForChange(client, tools, params.id, actor, now, 'end');
      if (opened.kind === 'refused') return opened;
      if (opened.one.state === 'closed') return refused('case_closed');
      await closeCase(client, params.id, body.outcome, now);
      await addEntry(client, tools.vault, opened.one, {
        ...entry(tools.newId(), actor.userId, now, 'closed'),
        detail: { outcome: body.outcome },
      });
      return done({ done: true }, { objectId: params.id, detail: { outcome: body.outcome } });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/cases/:id/reopen',
    permission: 'cases',
    summary: 'Open a closed case again; why is kept.',
    params: IdParamsSchema,
    body: CaseReasonSchema,
    output: DoneSchema,
    refusals: ['not_found', 'nothing_to_change'],
    audit: { action: 'case_reopened', object: 'case' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const opened = await openForChange(client, tools, params.id, actor, now, 'end');
      if (opened.kind === 'refused') return opened;
      if (opened.one.state === 'open') return refused('nothing_to_change');
      await reopenCase(client, params.id, now);
      await addEntry(client, tools.vault, opened.one, {
        ...entry(tools.newId(), actor.userId, now, 'reopened'),
        text: body.reason,
      });
      return done({ done: true }, { objectId: params.id });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/cases/:id/owner',
    permission: 'cases',
    summary: 'Give the case to a colleague.',
    params: IdParamsSchema,
    body: OwnerSchema,
    output: DoneSchema,
    refusals: ['not_found', 'unknown_target', 'nothing_to_change'],
    audit: { action: 'case_given', object: 'case' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const opened = await openForChange(client, tools, params.id, actor, now, 'end');
      if (opened.kind === 'refused') return opened;
      const user = await readUser(client, body.userId);
      if (user === null || user.disabledAt !== null || !may(user.role, 'cases'))
        return refused('unknown_target');
      if (opened.one.ownerId === user.id) return refused('nothing_to_change');
      await giveCase(client, params.id, user.id, now);
      await addEntry(client, tools.vault, opened.one, {
        ...entry(tools.newId(), actor.userId, now, 'given'),
        text: user.displayName,
      });
      return done({ done: true }, { objectId: params.id, detail: { to: user.id } });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/cases/:id/merge',
    permission: 'cases',
    summary: 'Another case is about the same person: everything of it comes into this one.',
    params: IdParamsSchema,
    body: MergeSchema,
    output: DoneSchema,
    refusals: ['not_found', 'case_closed', 'consent_withdrawn', 'unknown_target'],
    audit: { action: 'case_merged', object: 'case' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const otherId = await findCaseByCode(client, body.code);
      if (otherId === null || otherId === params.id) return refused('unknown_target');
      // in one order, so that two who merge the same two never wait in a circle
      for (const id of [otherId, params.id].sort()) await lockCase(client, id);
      const opened = await openForChange(client, tools, params.id, actor, now);
      if (opened.kind === 'refused') return opened;
      const other = await findCase(client, tools, otherId, actor, now);
      if (other === null) return refused('unknown_target');
      await mergeCases(client, tools.vault, opened.one, other, now);
      await addEntry(client, tools.vault, opened.one, {
        ...entry(tools.newId(), actor.userId, now, 'merged'),
        detail: { code: other.code },
      });
      return done({ done: true }, { objectId: params.id, detail: { from: otherId } });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/cases/:id/erase',
    permission: 'cases',
    assurance: 'fresh',
    summary:
      'Ask to delete the case and its key for good. Carried out once a second person who supervises has agreed; at once where there is nobody else.',
    params: IdParamsSchema,
    body: CaseReasonSchema,
    output: CarriedSchema,
    refusals: ['not_found', 'already_asked', 'nothing_to_change', 'supervisor_needed'],
    audit: { action: 'case_erasure_wished', object: 'case' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const opened = await openForChange(client, tools, params.id, actor, now, 'end');
      if (opened.kind === 'refused') return opened;
      const { id: subjectId, code: subjectCode } = opened.one;
      return askOrCarryOut(client, tools, {
        ...{ kind: 'erase_case', subjectId, subjectCode, reason: body.reason, actor, now },
      });
    },
  }),
];

function entry(id: string, userId: string, at: Date, kind: string) {
  return { id, userId, at, kind };
}

function storedConsent(
  consent: { purposes: ('support' | 'referral')[]; language: string; channel: string },
  now: Date,
) {
  const { purposes, language, channel } = consent;
  return { purposes, language, channel, textVersion: CONSENT_TEXT_VERSION, saidAt: now.toISOString() };
}
