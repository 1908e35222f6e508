/** Handing a conversation to somebody else: offered with a note, accepted or refused; until then it stays whose it was. */
import type { PoolClient } from 'pg';
import type { DeskItem } from '../store/desk.ts';
import { lockConversation, readDeskItem, reassignConversation } from '../store/desk.ts';
import { isOnBreak } from '../store/desk-settings.ts';
import { listColleagues } from '../store/colleagues.ts';
import type { Colleague } from '../store/colleagues.ts';
import { listRiskOverrides } from '../store/risk-overrides.ts';
import { endTransfer, findTransfer, insertTransfer, listTransfers } from '../store/transfers.ts';
import type { Actor } from '../store/user-sessions.ts';
import { DoneSchema, EmptySchema, IdParamsSchema } from './contract.ts';
import { mayRead, requireMine, tellAll } from './conversations.ts';
import {
  HandlingListSchema,
  TransferAcceptedSchema,
  TransferDoneSchema,
  TransferRefusalSchema,
  TransferSchema,
} from './queue-contract.ts';
import type { TransferInput } from './queue-contract.ts';
import { auditedRoute, done, refused } from './route.ts';
import type { Refused, Route, Tools } from './route.ts';

/** Older ones stay in the database. */
const MAX_SHOWN = 20;

export const transferRoutes: readonly Route[] = [
  auditedRoute({
    method: 'post',
    path: '/conversations/:id/transfer',
    permission: 'desk',
    summary:
      'Ask a colleague, whoever speaks a language, or the supervisors to take over one of mine. Until somebody accepts it stays mine, and nothing can be written.',
    params: IdParamsSchema,
    body: TransferSchema,
    output: TransferDoneSchema,
    refusals: ['not_found', 'not_yours', 'transfer_open', 'not_there', 'not_yourself'],
    audit: { action: 'transfer_offered', object: 'conversation' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const refusal = await requireMine(client, tools, params.id, actor);
      if (refusal !== null) return refusal;
      const { to, note } = body;
      if (to.kind === 'person' && to.userId === actor.userId) return refused('not_yourself');
      const missing = await findMissing(client, tools, to, actor, now);
      if (missing !== null) return missing;
      const transferId = tools.newId();
      const offer = { id: transferId, conversationId: params.id, fromUser: actor.userId, to, note, now };
      if (!(await insertTransfer(client, tools.vault, offer))) return refused('not_found');
      await tellAll(client, tools, params.id);
      return done(
        { transferId },
        { objectId: params.id, detail: { transfer: transferId, kind: to.kind, to: nameTarget(to) } },
      );
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/transfers/:id/accept',
    permission: 'desk',
    summary:
      'Take over what was offered to me: it is mine from now on, and the person is told that somebody else answers.',
    params: IdParamsSchema,
    body: EmptySchema,
    output: TransferAcceptedSchema,
    refusals: ['not_found', 'transfer_over', 'on_break'],
    audit: { action: 'transfer_accepted', object: 'conversation' },
    handle: async ({ actor, params, client, now, tools }) => {
      const item = await lockOffer(client, tools, params.id, actor);
      if ('kind' in item) return item;
      const { conversationId, offer } = item;
      if (!isFor(item, actor)) return refused('not_found');
      if (await isOnBreak(client, actor.userId)) return refused('on_break');
      await endTransfer(client, tools.vault, params.id, {
        ...{ state: 'accepted', userId: actor.userId, answer: null, now },
      });
      await reassignConversation(client, conversationId, actor.userId, now);
      const told = await tools.tellPerson(client, {
        ...{ conversationId, userId: actor.userId, messageKey: tools.deskRules.changed },
      });
      await tellAll(client, tools, conversationId);
      return done(
        { conversationId, told },
        {
          objectId: conversationId,
          detail: { transfer: params.id, from: offer?.from.id ?? null, told },
        },
      );
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/transfers/:id/refuse',
    permission: 'desk',
    summary: 'Say why I cannot take over what was offered to me; it stays whose it is.',
    params: IdParamsSchema,
    body: TransferRefusalSchema,
    output: DoneSchema,
    refusals: ['not_found', 'transfer_over'],
    audit: { action: 'transfer_refused', object: 'conversation' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const item = await lockOffer(client, tools, params.id, actor);
      if ('kind' in item) return item;
      if (!isFor(item, actor)) return refused('not_found');
      await endTransfer(client, tools.vault, params.id, {
        ...{ state: 'refused', userId: actor.userId, answer: body.reason, now },
      });
      await tellAll(client, tools, item.conversationId);
      return done({ done: true }, { objectId: item.conversationId, detail: { transfer: params.id } });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/transfers/:id/withdraw',
    permission: 'desk',
    summary: 'Take back what I offered, and go on answering.',
    params: IdParamsSchema,
    body: EmptySchema,
    output: DoneSchema,
    refusals: ['not_found', 'transfer_over'],
    audit: { action: 'transfer_withdrawn', object: 'conversation' },
    handle: async ({ actor, params, client, now, tools }) => {
      const item = await lockOffer(client, tools, params.id, actor);
      if ('kind' in item) return item;
      if (item.offer?.from.id !== actor.userId) return refused('not_found');
      await endTransfer(client, tools.vault, params.id, {
        ...{ state: 'withdrawn', userId: actor.userId, answer: null, now },
      });
      await tellAll(client, tools, item.conversationId);
      return done({ done: true }, { objectId: item.conversationId, detail: { transfer: params.id } });
    },
  }),
  auditedRoute({
    method: 'get',
    path: '/conversations/:id/handling',
    permission: 'texts',
    summary:
      'What colleagues wrote to each other about this conversation: notes of transfers, and why a risk was set by hand. Each read is audited.',
    params: IdParamsSchema,
    body: EmptySchema,
    output: HandlingListSchema,
    refusals: ['not_found'],
    audit: { action: 'handling_read', object: 'conversation' },
    handle: async ({ actor, params, client, tools }) => {
      const item = await readDeskItem(client, tools.vault, params.id);
      if (item === null || !mayRead(actor, item)) return refused('not_found');
      const transfers = await listTransfers(client, tools.vault, params.id, MAX_SHOWN);
      const risks = await listRiskOverrides(client, tools.vault, params.id, MAX_SHOWN);
      return done(
        {
          transfers: transfers.map((one) => ({
            ...one,
            offeredAt: one.offeredAt.toISOString(),
            endedAt: one.endedAt?.toISOString() ?? null,
          })),
          risks: risks.map((one) => ({ ...one, at: one.at.toISOString() })),
        },
        { objectId: params.id, detail: { transfers: transfers.length, risks: risks.length } },
      );
    },
  }),
];

/** Codes and ids only, for the audit. */
function nameTarget(to: TransferInput['to']): string {
  if (to.kind === 'person') return to.userId;
  return to.kind === 'language' ? to.language : 'supervisors';
}

/** Whoever just left, or is on a break, is not asked: nobody would answer. @returns null when somebody would */
async function findMissing(
  client: PoolClient,
  tools: Tools,
  to: TransferInput['to'],
  actor: Actor,
  now: Date,
): Promise<Refused | null> {
  const graceMs = tools.deskRules.gone_after_seconds * 1000;
  const colleagues = await listColleagues(client, now, graceMs);
  const asked = colleagues.filter((one) => one.id !== actor.userId && isAsked(one, to));
  if (asked.some(({ isThere, isOnBreak: rests }) => isThere && !rests)) return null;
  const [one] = to.kind === 'person' ? asked : [];
  return refused('not_there', one === undefined ? {} : { by: { id: one.id, displayName: one.displayName } });
}

function isAsked(one: Colleague, to: TransferInput['to']): boolean {
  if (to.kind === 'person') return one.id === to.userId;
  if (to.kind === 'language') return one.languages.includes(to.language);
  return one.role === 'supervisor' || one.role === 'admin';
}

function isFor({ offer }: DeskItem, actor: Actor): boolean {
  return offer?.addressees.includes(actor.userId) === true;
}

/**
 * Locks the conversation, then looks whether the offer is still open: of two who accept at once one gets it. Who may not read the
 * conversation learns nothing, unless a colleague was faster.
 */
async function lockOffer(
  client: PoolClient,
  tools: Tools,
  transferId: string,
  actor: Actor,
): Promise<DeskItem | Refused> {
  const conversationId = await findTransfer(client, transferId);
  if (conversationId === null || !(await lockConversation(client, conversationId)))
    return refused('not_found');
  const item = await readDeskItem(client, tools.vault, conversationId);
  if (item === null) return refused('not_found');
  if (item.offer?.id === transferId) return item;
  const [transfer] = (await listTransfers(client, tools.vault, conversationId, MAX_SHOWN)).filter(
    ({ id }) => id === transferId,
  );
  const wasAsked =
    transfer?.from.id === actor.userId ||
    (transfer?.to.kind === 'person' ? transfer.to.person?.id === actor.userId : true);
  if (!wasAsked) return refused('not_found');
  return refused('transfer_over', item.takenBy === null ? {} : { by: item.takenBy });
}
