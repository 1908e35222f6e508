/** Colleagues who are named in private notes: whom a note may name, and the list of where one was named oneself. */
import type { PoolClient } from 'pg';
import type { Db } from '../ports.ts';
import { appendAudits } from '../store/audit.ts';
import { listColleagues } from '../store/colleagues.ts';
import { type DeskItem, readDeskItem } from '../store/desk.ts';
import { addMentions, listMentions, markMentionsSeen } from '../store/mentions.ts';
import type { Mention } from '../store/mentions.ts';
import type { Actor } from '../store/user-sessions.ts';
import { DoneSchema, EmptySchema, IdParamsSchema, RoleSchema } from './contract.ts';
import { mayRead } from './conversations.ts';
import {
  MAX_MENTIONS_LISTED,
  MentionsSchema,
  MentionsSeenSchema,
  NameableSchema,
} from './mentions-contract.ts';
import type { NameableColleague } from './mentions-contract.ts';
import { may } from './policies.ts';
import { auditedRoute, done, readRoute, refused } from './route.ts';
import type { Refused, Route, Tools } from './route.ts';

/** Older ones are history: the conversation itself keeps them. */
const LISTED_FOR_MS = 30 * 24 * 3_600_000;

export const mentionRoutes: readonly Route[] = [
  readRoute({
    method: 'get',
    path: '/conversations/:id/colleagues',
    permission: 'desk',
    summary: 'Colleagues a private note may name, and which of them can read this conversation.',
    params: IdParamsSchema,
    body: EmptySchema,
    output: NameableSchema,
    refusals: ['not_found'],
    handle: async ({ actor, params, db, tools }) => {
      const item = await readDeskItem(db, tools.vault, params.id);
      if (item === null || !mayRead(actor, item)) return refused('not_found');
      return done({ colleagues: await listNameable(db, tools, item, actor) });
    },
  }),
  readRoute({
    method: 'get',
    path: '/mentions',
    permission: 'desk',
    summary:
      'Private notes of the last thirty days that name me, in conversations I may read. Codes and names of staff, no words.',
    params: EmptySchema,
    body: EmptySchema,
    output: MentionsSchema,
    handle: async ({ actor, db, tools }) => {
      const after = new Date(tools.clock.now().getTime() - LISTED_FOR_MS);
      const all = await listMentions(db, actor.userId, { after, limit: MAX_MENTIONS_LISTED });
      const readable = await keepReadable(db, tools, all, actor);
      return done({
        unread: readable.filter(({ seenAt }) => seenAt === null).length,
        mentions: readable.map(({ at, seenAt, ...one }) => ({
          ...{ ...one, at: at.toISOString(), isSeen: seenAt !== null },
        })),
      });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/mentions/seen',
    permission: 'desk',
    summary: 'I have seen that these notes name me.',
    params: EmptySchema,
    body: MentionsSeenSchema,
    output: DoneSchema,
    audit: { action: 'mentions_seen', object: 'user' },
    handle: async ({ actor, body, client, now, tools }) => {
      const seen = await markMentionsSeen(client, actor.userId, body.noteIds, now);
      // the count in my other tabs
      if (seen > 0)
        await tools.announce(client, [{ kind: 'mentioned', conversationId: null, userId: actor.userId }]);
      return done({ done: true }, { objectId: actor.userId, detail: { mentions: seen } });
    },
  }),
];

async function listNameable(
  db: Db,
  tools: Tools,
  item: DeskItem,
  actor: Actor,
): Promise<NameableColleague[]> {
  const graceMs = tools.deskRules.gone_after_seconds * 1000;
  const colleagues = await listColleagues(db, tools.clock.now(), graceMs);
  return colleagues.flatMap(({ id, displayName, role, isThere }) =>
    id === actor.userId
      ? []
      : [
          {
            ...{ id, displayName, role, isThere },
            mayRead: mayRead({ userId: id, role: RoleSchema.parse(role) }, item),
          },
        ],
  );
}

/**
 * @param onlyFor who alone will read the note; null: whoever may read the conversation
 * @returns why a note must not name them, with the first of them; null: it may
 */
export async function refuseMentions(
  client: PoolClient,
  tools: Tools,
  {
    item,
    actor,
    mentions,
    onlyFor,
  }: { item: DeskItem; actor: Actor; mentions: readonly string[]; onlyFor: string | null },
): Promise<Refused | null> {
  if (mentions.length === 0) return null;
  const nameable = await listNameable(client, tools, item, actor);
  for (const id of mentions) {
    const one = nameable.find((colleague) => colleague.id === id);
    if (one === undefined) return refused('bad_request', { fields: ['mentions'] });
    const willRead = one.mayRead && (onlyFor === null || onlyFor === id);
    if (!willRead) return refused('mention_unreadable', { by: { id: one.id, displayName: one.displayName } });
  }
  return null;
}

/** Kept with the note, told to each of them alone, and one row in the audit for each. */
export async function tellMentioned(
  client: PoolClient,
  tools: Tools,
  note: { noteId: string; conversationId: string; userId: string; mentions: readonly string[]; now: Date },
): Promise<void> {
  const { noteId, conversationId, mentions, now } = note;
  if (mentions.length === 0) return;
  await addMentions(client, noteId, mentions, now);
  await tools.announce(
    client,
    mentions.map((userId) => ({ kind: 'mentioned' as const, conversationId, userId })),
  );
  await appendAudits(
    client,
    mentions.map((to) => ({
      ...{ at: now, userId: note.userId, action: 'colleague_mentioned' },
      ...{ objectKind: 'conversation', objectId: conversationId, detail: { noteId, to } },
    })),
  );
}

async function keepReadable(
  db: Db,
  tools: Tools,
  mentions: readonly Mention[],
  actor: Actor,
): Promise<readonly Mention[]> {
  if (may(actor.role, 'supervise')) return mentions;
  const readable = new Set<string>();
  for (const id of new Set(mentions.map(({ conversationId }) => conversationId))) {
    const item = await readDeskItem(db, tools.vault, id);
    if (item !== null && mayRead(actor, item)) readable.add(id);
  }
  return mentions.filter(({ conversationId }) => readable.has(conversationId));
}
