/** What Telegram delivers, read into events of ours. */
import { describe, expect, it } from '@jest/globals';
import type { InboundEvent } from '../../../server/channels/adapter.ts';
import { createTelegram, readEvents } from '../../support/adapters.ts';
import { buildTapUpdate, buildTextUpdate } from '../../support/platforms/telegram-events.ts';

const CHAT = '5100000001';

describe('an update from Telegram', () => {
  const person = { id: 5100000001, is_bot: false, first_name: 'Hoa', language_code: 'vi' };
  const message = (fields: object) => ({
    update_id: 810000100,
    message: {
      message_id: 7,
      from: person,
      chat: { id: person.id, type: 'private' },
      date: 1790000000,
      ...fields,
    },
  });
  const file = { file_id: 'F1', file_unique_id: 'u', mime_type: 'x/y', file_size: 10, duration: 3 };

  it.each([
    ['/start', 'start', '', null],
    ['/start poster_2026', 'start', '', 'poster_2026'],
    ['/start@example_help_bot poster-1', 'start', '', 'poster-1'],
    [`/start ${'a'.repeat(64)}`, 'start', '', 'a'.repeat(64)],
    [`/start ${'a'.repeat(65)}`, 'message', `/start ${'a'.repeat(65)}`, null],
    ['/start cứu em với', 'message', '/start cứu em với', null],
    ['/started', 'message', '/started', null],
    ['start', 'message', 'start', null],
  ])('with text %j is a %s', (text, kind, kept, ref) => {
    expect(read(message({ text }))).toMatchObject({
      kind,
      text: kept,
      ref,
      botMayReply: true,
      opensWindow: true,
    });
  });

  it.each([
    [
      'video',
      { video: file },
      { type: 'video', ref: 'F1', mimeType: 'x/y', sizeBytes: 10, durationMs: 3000 },
    ],
    ['video note', { video_note: file }, { type: 'video', ref: 'F1' }],
    [
      'animation, repeated as document',
      { animation: file, document: { file_id: 'D' } },
      { type: 'video', ref: 'F1' },
    ],
    ['song', { audio: file }, { type: 'audio', ref: 'F1' }],
    ['voice note', { voice: file }, { type: 'voice', ref: 'F1', durationMs: 3000 }],
    [
      'place, repeated as location',
      { venue: {}, location: { latitude: 1, longitude: 2 } },
      { type: 'location', latitude: 1 },
    ],
    ['poll', { poll: { id: '1' } }, { type: 'unsupported', ref: null }],
    ['story', { story: { id: 1 } }, { type: 'unsupported' }],
  ])('with a %s is a message with that attachment', (_what, fields, attachment) => {
    const event = read(message(fields));
    expect(event).toMatchObject({ kind: 'message', text: '', botMayReply: true });
    expect(event.attachments).toEqual([expect.objectContaining(attachment)]);
  });

  it('keeps the text beside an attachment that is not as documented', () => {
    expect(read(message({ caption: 'cứu em', photo: [{ file_id: 5 }] }))).toMatchObject({
      kind: 'message',
      text: 'cứu em',
    });
  });

  it('of a place outside the globe has no place', () => {
    expect(read(message({ text: 'a', location: { latitude: 91, longitude: 0 } })).attachments).toEqual([]);
  });

  it.each([
    ['forwarded text', { text: 'a', forward_origin: { type: 'hidden_user', date: 1 } }, true],
    ['a reply with a quote', { text: 'a', quote: { text: 'b' }, reply_to_message: {} }, false],
  ])('tells own words from %s', (_what, fields, forwarded) => {
    expect(read(message(fields)).forwarded).toBe(forwarded);
  });

  it.each([
    ['a group', message({ text: 'x', chat: { id: -100, type: 'supergroup' } }), 'message'],
    ['a Start in a group', message({ text: '/start', chat: { id: -100, type: 'group' } }), 'message'],
    ['another bot', message({ text: 'x', from: { ...person, is_bot: true } }), 'message'],
    ['a service message', message({ pinned_message: { message_id: 1 } }), 'ignored'],
    ['an edit', { update_id: 1, edited_message: message({ text: 'x' }).message }, 'edit'],
    ['a channel', { update_id: 1, channel_post: message({ text: 'x' }).message }, 'ignored'],
    ['an inline query', { update_id: 1, inline_query: { id: '1', from: person, query: 'x' } }, 'ignored'],
    ['an update of a kind yet unknown', { update_id: 1, brand_new: {} }, 'ignored'],
    [
      'a reaction',
      {
        update_id: 1,
        message_reaction: { chat: { id: 5, type: 'private' }, message_id: 3, user: person, date: 1790000000 },
      },
      'reaction',
    ],
    [
      'joining a group',
      {
        update_id: 1,
        my_chat_member: {
          chat: { id: -5, type: 'group' },
          from: person,
          new_chat_member: { status: 'member' },
        },
      },
      'membership',
    ],
    [
      'a button in a group',
      {
        update_id: 1,
        callback_query: {
          id: 'q',
          from: person,
          data: 'x',
          message: { message_id: 1, chat: { id: -5, type: 'group' } },
        },
      },
      'ignored',
    ],
    ['a game', { update_id: 1, callback_query: { id: 'q', from: person, game_short_name: 'x' } }, 'ignored'],
  ])('from %s is never answered', (_what, update, kind) => {
    expect(read(update)).toMatchObject({ kind, botMayReply: false, opensWindow: false });
  });

  it('of a button whose message is gone is answered to the person', () => {
    const event = read({ update_id: 1, callback_query: { id: 'q1', from: person, data: 'yes' } });
    expect(event).toMatchObject({
      kind: 'postback',
      payload: 'yes',
      conversationId: CHAT,
      messageId: null,
      replyHandle: 'q1',
    });
  });

  it('of data from a web app is a postback', () => {
    expect(read(message({ web_app_data: { data: '{}', button_text: 'x' } }))).toMatchObject({
      kind: 'postback',
      payload: '{}',
    });
  });

  it.each([0, -1, 1e15, 1.5, '1790000000'])('with the impossible date %j has none', (date) => {
    expect(read(message({ text: 'x', date })).sentAt).toBeNull();
  });

  it('counts its date in seconds and its language as a hint', () => {
    expect(read(message({ text: 'x' }))).toMatchObject({
      sentAt: new Date(1790000000 * 1000),
      languageHint: 'vi',
    });
  });

  it('to a second bot of ours has its own key, and without an id one made from its bytes', () => {
    expect(read(message({ text: 'x' }), 'second').dedupeKey).toBe('telegram:second:810000100');
    const nameless = [{ message: 1 }, { message: 2 }].map((update) => read(update).dedupeKey);
    expect(nameless[0]).toMatch(/^telegram:[0-9a-f]{64}$/);
    expect(nameless[0]).not.toBe(nameless[1]);
  });

  it('made by the fake is read like a real one', () => {
    const someone = { id: 5100000009, updateId: 900000001 };
    expect(read(buildTextUpdate(someone, 'chào'))).toMatchObject({
      kind: 'message',
      text: 'chào',
      conversationId: '5100000009',
    });
    expect(read(buildTapUpdate(someone, 'menu.check'))).toMatchObject({
      kind: 'postback',
      payload: 'menu.check',
      botMayReply: true,
    });
  });

  function read(update: object, account = 'default'): InboundEvent {
    const [event] = readEvents(createTelegram({ account }), update);
    if (event === undefined) throw new Error('no event');
    return event;
  }
});
