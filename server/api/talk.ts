/** What happens beside the messages of a conversation: notes for colleagues, drafts, who else is here, canned answers, older messages. */
import type { PoolClient } from 'pg';
import { lockConversation, readDeskItem } from '../store/desk.ts';
import { deleteDraft, listDrafts, saveDraft } from '../store/drafts.ts';
import { addNote } from '../store/notes.ts';
import { listPresent, notePresence } from '../store/presence.ts';
import type { Actor } from '../store/user-sessions.ts';
import { DoneSchema, EmptySchema, IdParamsSchema } from './contract.ts';
import { mayRead } from './conversations.ts';
import { refuseMentions, tellMentioned } from './mentions.ts';
import { maskMessage } from './masks.ts';
import { readMessages } from './messages.ts';
import { may } from './policies.ts';
import { auditedRoute, done, ownRoute, readRoute, refused } from './route.ts';
import type { Route, Tools } from './route.ts';
import {
  CannedAnswersSchema,
  CannedParamsSchema,
  DraftsSchema,
  EarlierParamsSchema,
  EarlierSchema,
  NewNoteSchema,
  NoteDoneSchema,
  PresenceInSchema,
  PresenceSchema,
  SaveDraftSchema,
} from './talk-contract.ts';

/** Older messages come this many at a time. */
const PAGE = 200;

export const talkRoutes: readonly Route[] = [
  auditedRoute({
    method: 'post',
    path: '/conversations/:id/notes',
    permission: 'desk',
    summary:
      'Write a note for colleagues, or as a supervisor a word to the one who answers alone. It is never sent to anybody. The same id twice writes it once.',
    params: IdParamsSchema,
    body: NewNoteSchema,
    output: NoteDoneSchema,
    refusals: [
      'not_found',
      'conflict',
      'forbidden',
      'nothing_to_change',
      'mention_unreadable',
      'bad_request',
    ],
    audit: { action: 'note_added', object: 'conversation' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      await lockConversation(client, params.id);
      const item = await readDeskItem(client, tools.vault, params.id);
      if (item === null || !mayRead(actor, item)) return refused('not_found');
      const { onlyFor, mentions = [], ...written } = body;
      if (onlyFor !== undefined) {
        if (!may(actor.role, 'supervise')) return refused('forbidden');
        // handed on or over meanwhile: it must not reach another one, and never become a note that all read
        const isTheirs = item.state === 'taken' && item.takenBy?.id === onlyFor;
        if (!isTheirs || onlyFor === actor.userId) return refused('nothing_to_change');
      }
      const unheard = await refuseMentions(client, tools, {
        ...{ item, actor, mentions, onlyFor: onlyFor ?? null },
      });
      if (unheard !== null) return unheard;
      const note = { ...written, onlyFor, conversationId: params.id, userId: actor.userId, now };
      const added = await addNote(client, tools.vault, note);
      if (added === null) return refused('conflict');
      await deleteDraft(client, params.id, actor.userId, 'note');
      if (added.isNew) {
        await tools.announce(client, [
          { kind: 'conversation_changed', conversationId: params.id, userId: null },
        ]);
        await tellMentioned(client, tools, {
          ...{ noteId: body.id, conversationId: params.id, userId: actor.userId, mentions, now },
        });
      }
      const detail = {
        noteId: body.id,
        afterSeq: added.afterSeq,
        ...(onlyFor === undefined ? {} : { to: onlyFor }),
      };
      return done({ id: body.id, afterSeq: added.afterSeq }, { objectId: params.id, detail });
    },
  }),
  auditedRoute({
    method: 'get',
    path: '/drafts',
    permission: 'desk',
    summary: 'My own texts that are not sent yet, so that they outlive page, browser and session.',
    params: EmptySchema,
    body: EmptySchema,
    output: DraftsSchema,
    audit: { action: 'drafts_read', object: 'user' },
    handle: async ({ actor, client, tools }) => {
      const drafts = await listDrafts(client, tools.vault, actor.userId);
      const value = { drafts: drafts.map((draft) => ({ ...draft, unsent: [...draft.unsent] })) };
      return done(value, { objectId: actor.userId, detail: { drafts: drafts.length } });
    },
  }),
  // not audited: nobody else ever sees it, and what becomes of it is (reply_queued, note_added)
  ownRoute({
    method: 'post',
    path: '/conversations/:id/drafts',
    permission: 'desk',
    summary: 'Keep what I am writing; with nothing in it, forget it.',
    params: IdParamsSchema,
    body: SaveDraftSchema,
    output: DoneSchema,
    refusals: ['not_found'],
    audit: null,
    handle: ({ actor, params, body, now, tools }) =>
      tools.transact(async (client) => {
        const { id } = params;
        if (body.text === '' && body.unsent.length === 0) {
          await deleteDraft(client, id, actor.userId, body.kind);
          return done({ done: true });
        }
        if (!(await isReadable(client, tools, id, actor))) return refused('not_found');
        const draft = { conversationId: id, ...body };
        const isSaved = await saveDraft(client, tools.vault, draft, { userId: actor.userId, now });
        return isSaved ? done({ done: true }) : refused('not_found');
      }),
  }),
  // not audited: it holds for seconds and names staff only; reading the conversation is
  ownRoute({
    method: 'post',
    path: '/conversations/:id/presence',
    permission: 'texts',
    summary: 'Say that I have it open or am writing, and hear who else is. To be repeated every ten seconds.',
    params: IdParamsSchema,
    body: PresenceInSchema,
    output: PresenceSchema,
    refusals: ['not_found'],
    audit: null,
    handle: ({ actor, params, body, now, tools }) =>
      tools.transact(async (client) => {
        const conversationId = params.id;
        if (body.state !== 'away' && !(await isReadable(client, tools, conversationId, actor)))
          return refused('not_found');
        const { userId } = actor;
        if (await notePresence(client, { conversationId, userId, state: body.state, now }))
          await tools.announce(client, [{ kind: 'presence_changed', conversationId, userId: null }]);
        const others = await listPresent(client, conversationId, userId, now);
        return done({
          now: now.toISOString(),
          others:
            body.state === 'away'
              ? []
              : others.map(({ until, ...one }) => ({ ...one, until: until.toISOString() })),
        });
      }),
  }),
  readRoute({
    method: 'get',
    path: '/canned/:language',
    permission: 'desk',
    summary: 'Answers to begin with, in the language of the person, with names and facts filled in.',
    params: CannedParamsSchema,
    body: EmptySchema,
    output: CannedAnswersSchema,
    handle: ({ actor, params, tools }) => {
      const { uiLanguage, displayName: counsellor } = actor;
      const answers = tools.cannedAnswers({ language: params.language, uiLanguage, counsellor });
      return Promise.resolve(done({ answers: answers.map((answer) => ({ ...answer })) }));
    },
  }),
  auditedRoute({
    method: 'get',
    path: '/conversations/:id/before/:seq',
    permission: 'overview',
    summary: 'Older messages of a conversation, 200 at a time. Each read is audited.',
    params: EarlierParamsSchema,
    body: EmptySchema,
    output: EarlierSchema,
    refusals: ['not_found'],
    audit: { action: 'conversation_read', object: 'conversation' },
    handle: async ({ actor, params: { id, seq }, client, tools }) => {
      if (!(await isReadable(client, tools, id, actor))) return refused('not_found');
      const afterSeq = Math.max(0, seq - 1 - PAGE);
      const found = await readMessages(client, tools, id, afterSeq, PAGE);
      const messages = found.filter((message) => message.seq < seq);
      return done(
        {
          messages: may(actor.role, 'texts') ? messages : messages.map(maskMessage),
          hasEarlier: afterSeq > 0,
        },
        { objectId: id, detail: { messages: messages.length, before: seq } },
      );
    },
  }),
];

async function isReadable(client: PoolClient, tools: Tools, id: string, actor: Actor): Promise<boolean> {
  const item = await readDeskItem(client, tools.vault, id);
  return item !== null && mayRead(actor, item);
}
