/** One's own desk: breaks, languages, saved views; and which colleagues are there. */
import { appendAudits } from '../store/audit.ts';
import { listMine, lockConversation, releaseConversation } from '../store/desk.ts';
import { readDeskSettings, setBreak, setDeskSettings } from '../store/desk-settings.ts';
import { listColleagues } from '../store/colleagues.ts';
import { listWorking } from '../store/exposures.ts';
import { returnTransfers } from '../store/transfers.ts';
import { DoneSchema, EmptySchema } from './contract.ts';
import { tellAll } from './conversations.ts';
import { BreakDoneSchema, BreakSchema, DeskSettingsSchema, MyDeskSchema } from './queue-contract.ts';
import { auditedRoute, done, readRoute } from './route.ts';
import type { Route } from './route.ts';

export const deskRoutes: readonly Route[] = [
  readRoute({
    method: 'get',
    path: '/desk',
    permission: 'desk',
    summary: 'My break, languages and views; which colleagues are there; where the bot may go on.',
    params: EmptySchema,
    body: EmptySchema,
    output: MyDeskSchema,
    handle: async ({ actor, db, tools }) => {
      const graceMs = tools.deskRules.gone_after_seconds * 1000;
      const now = tools.clock.now();
      const { care } = tools.deskRules;
      const [settings, colleagues, [working]] = await Promise.all([
        readDeskSettings(db, actor.userId),
        listColleagues(db, now, graceMs),
        listWorking(db, now, graceMs, actor.userId),
      ]);
      return done({
        onBreakSince: settings.onBreakSince?.toISOString() ?? null,
        languages: [...settings.languages],
        views: MyDeskSchema.shape.views.parse(settings.views),
        sound: settings.sound,
        workingSince: working?.workingSince?.toISOString() ?? null,
        breakAfterMinutes: care.break_after_minutes,
        remindAgainMinutes: care.remind_again_minutes,
        colleagues: colleagues
          .filter(({ id }) => id !== actor.userId)
          .map((one) => ({
            ...one,
            languages: [...one.languages],
            isThere: one.isThere && !one.isOnBreak,
          })),
        entries: tools.deskRules.entry_flows.map(({ id, title }) => ({ id, title: title[actor.uiLanguage] })),
      });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/desk/settings',
    permission: 'desk',
    summary: 'The languages I answer in, and my views of the queue.',
    params: EmptySchema,
    body: DeskSettingsSchema,
    output: DoneSchema,
    audit: { action: 'desk_settings_changed', object: 'user' },
    handle: async ({ actor, body, client, now, tools }) => {
      await setDeskSettings(client, actor.userId, body, now);
      // whom an offer for a language reaches may be another now
      await tools.announce(client, [{ kind: 'queue_changed', conversationId: null, userId: null }]);
      return done(
        { done: true },
        {
          objectId: actor.userId,
          detail: {
            languages: body.languages.length,
            views: body.views.length,
            ...(body.sound !== undefined && { sound: body.sound }),
          },
        },
      );
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/desk/break',
    permission: 'desk',
    summary:
      'Begin or end a break. On a break nobody new comes to me; what is mine stays, or waits again for a colleague at its old place.',
    params: EmptySchema,
    body: BreakSchema,
    output: BreakDoneSchema,
    audit: { action: 'break_changed', object: 'user' },
    handle: async ({ actor, body, client, now, tools }) => {
      const before = await readDeskSettings(client, actor.userId);
      const since = body.on ? (before.onBreakSince ?? now) : null;
      await setBreak(client, actor.userId, since, now);
      const released: string[] = [];
      for (const id of body.on && body.handBack ? await listMine(client, actor.userId) : []) {
        if (!(await lockConversation(client, id))) continue;
        await returnTransfers(client, [id], now);
        if (!(await releaseConversation(client, id, now, actor.userId))) continue;
        await tellAll(client, tools, id);
        released.push(id);
      }
      await appendAudits(
        client,
        released.map((id) => ({
          ...{ at: now, userId: actor.userId, action: 'conversation_released' },
          ...{ objectKind: 'conversation', objectId: id, detail: { break: true } },
        })),
      );
      return done(
        { onBreakSince: since?.toISOString() ?? null, handedBack: released.length },
        { objectId: actor.userId, detail: { on: body.on, handedBack: released.length } },
      );
    },
  }),
];
