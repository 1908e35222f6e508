/** What Messenger delivers, read into events of ours: messages, receipts, echoes, and who has the conversation. */
import { describe, expect, it } from '@jest/globals';
import type { InboundEvent } from '../../../server/channels/adapter.ts';
import { createMessenger, NOW, readEvents } from '../../support/adapters.ts';
import { FAKE_PAGE } from '../../support/platforms/messenger.ts';
import { buildDelivery, buildItem } from '../../support/platforms/messenger-events.ts';

const PSID = '7001002003004005';
const readAll = (body: object, account = 'default') => readEvents(createMessenger({ account }), body);

function read(fields: object, list = 'messaging'): InboundEvent {
  const [event] = readAll(buildDelivery([buildItem(PSID, fields)], list));
  if (event === undefined) throw new Error('no event');
  return event;
}

describe('a delivery from Messenger', () => {
  it.each([
    ['no JSON object', 'null'],
    ['another object', '{"object":"instagram","entry":[{"messaging":[{}]}]}'],
    ['no entries', '{"object":"page"}'],
    ['entries that are no list', '{"object":"page","entry":{}}'],
    [
      'entries of wrong shape',
      '{"object":"page","entry":[null,5,{"messaging":5},{"changes":[{"field":"feed"}]}]}',
    ],
  ])('with %s has no events', (_what, body) => {
    expect(createMessenger().parse(Buffer.from(body), NOW)).toEqual({ kind: 'events', events: [] });
  });

  it('keeps what is readable beside what is not', () => {
    const good = buildItem(PSID, { message: { mid: 'm_1', text: 'cứu em' } });
    const events = readAll({ object: 'page', entry: [null, { messaging: [null, 5, good] }] });
    expect(events.map(({ kind, text }) => [kind, text])).toEqual([
      ['ignored', ''],
      ['ignored', ''],
      ['message', 'cứu em'],
    ]);
  });

  it('reads 50 events in one body, in order, each with its own key', () => {
    const items = Array.from({ length: 50 }, (_, index) =>
      buildItem(String(7000 + (index % 7)), { message: { mid: `m_${index}`, text: `${index}` } }),
    );
    const events = readAll(buildDelivery(items));
    expect(events.map(({ text }) => text)).toEqual(items.map((_, index) => String(index)));
    expect(new Set(events.map(({ dedupeKey }) => dedupeKey)).size).toBe(50);
  });

  it('keeps a text of 10,000 characters whole', () => {
    const text = 'ă'.repeat(10_000);
    expect(read({ message: { mid: 'm_1', text } }).text).toBe(text);
  });

  it.each([
    [
      'a file',
      { type: 'file', payload: { url: 'https://cdn.example.org/f?oh=secret' } },
      { type: 'file', ref: null },
    ],
    ['a video', { type: 'video', payload: {} }, { type: 'video' }],
    [
      'a place',
      { type: 'location', payload: { coordinates: { lat: 10.5, long: 106.5 } } },
      { type: 'location', latitude: 10.5, longitude: 106.5 },
    ],
    [
      'a place outside the globe',
      { type: 'location', payload: { coordinates: { lat: 91, long: 0 } } },
      { type: 'location', latitude: null },
    ],
    ['a link without payload', { type: 'fallback', payload: null }, { type: 'link' }],
    ['a shared post', { type: 'post', payload: { url: 'https://example.org' } }, { type: 'link' }],
    ['a sticker of the old kind', { type: 'image', payload: { sticker_id: 369 } }, { type: 'sticker' }],
    ['a template', { type: 'template', payload: {} }, { type: 'unsupported' }],
    ['a kind yet unknown', { type: 'hologram' }, { type: 'unsupported' }],
    ['nonsense', 5, { type: 'unsupported' }],
  ])('of %s has that attachment and may be answered', (_what, attachment, expected) => {
    const event = read({ message: { mid: 'm_1', attachments: [attachment] } });
    expect(event).toMatchObject({ kind: 'message', botMayReply: true, opensWindow: true });
    expect(event.attachments).toEqual([expect.objectContaining(expected)]);
  });

  it('of something that reaches us as neither text nor file is answered honestly', () => {
    expect(read({ message: { mid: 'm_1', is_unsupported: true } })).toMatchObject({
      kind: 'message',
      attachments: [{ type: 'unsupported' }],
      botMayReply: true,
    });
  });

  it.each([
    ['a reaction', { reaction: { reaction: 'love', action: 'react', mid: 'm_1' } }, 'reaction'],
    ['an edit', { message_edit: { mid: 'm_1', text: 'mới', num_edit: 1 } }, 'edit'],
    ['a message taken back', { message: { mid: 'm_1', is_deleted: true } }, 'unsend'],
    ['a receipt', { delivery: { watermark: 1 } }, 'delivered'],
    ['an opt-in', { optin: { ref: 'poster' } }, 'referral'],
    [
      'a wish for the conversation',
      { request_thread_control: { requested_owner_app_id: 263902037430900 } },
      'handover',
    ],
    ['a change of roles', { app_roles: { 1: ['primary_receiver'] } }, 'ignored'],
    ['a message of wrong shape', { message: 'chào' }, 'ignored'],
    ['an empty message', { message: {} }, 'ignored'],
    ['something yet unknown', { brand_new: {} }, 'ignored'],
  ])('of %s is never answered', (_what, fields, kind) => {
    expect(read(fields)).toMatchObject({
      kind,
      botMayReply: false,
      opensWindow: false,
      conversationId: PSID,
    });
  });

  it.each([
    ['a message', { message: { mid: 'm_1', text: 'có ai không?' } }, 'message'],
    ['a button', { postback: { mid: 'm_2', payload: 'x', title: 'X' } }, 'postback'],
    ['a Get Started', { postback: { mid: 'm_3', payload: 'GET_STARTED' } }, 'start'],
    ['a link', { referral: { ref: 'r' } }, 'referral'],
  ])(
    'to another program that has the conversation (standby) is kept and not answered: %s',
    (_what, fields, kind) => {
      expect(read(fields, 'standby')).toMatchObject({ kind, botMayReply: false });
      expect(read(fields)).toMatchObject({ kind, botMayReply: true });
    },
  );

  it('edits twice the same message under two keys, and neither under that of the message', () => {
    const keys = ['a', 'b'].map((text) => read({ message_edit: { mid: 'm_1', text } }).dedupeKey);
    expect(new Set([...keys, read({ message: { mid: 'm_1', text: 'c' } }).dedupeKey]).size).toBe(3);
  });

  it('sees the person where a receipt has page and person swapped', () => {
    const item = {
      sender: { id: FAKE_PAGE.pageId },
      recipient: { id: PSID },
      timestamp: 1,
      read: { watermark: 1 },
    };
    expect(readAll(buildDelivery([item]))).toMatchObject([
      { kind: 'read', conversationId: PSID, senderId: PSID },
    ]);
  });

  it('does not answer for a page that is not ours', () => {
    const item = {
      sender: { id: PSID },
      recipient: { id: '999' },
      timestamp: 1,
      message: { mid: 'm', text: 'x' },
    };
    expect(readAll(buildDelivery([item]))).toMatchObject([
      { kind: 'ignored', conversationId: '', botMayReply: false },
    ]);
  });

  it('keeps the ids of people out of keys', () => {
    const keys = [{ referral: { ref: 'r' } }, { read: { watermark: 1 } }, { postback: { payload: 'x' } }].map(
      (fields) => read(fields).dedupeKey,
    );
    expect(keys.join()).not.toContain(PSID);
  });

  it('to a second page of ours has its own key', () => {
    const body = buildDelivery([buildItem(PSID, { message: { mid: 'm_1', text: 'x' } })]);
    expect(readAll(body, 'second')[0]?.dedupeKey).toBe('messenger:second:m_1');
  });

  it.each([
    [1790000000000, '2026-09-21T14:13:20.000Z'],
    [1790000000, '2026-09-21T14:13:20.000Z'],
    [0, null],
    [1e16, null],
    ['1790000000000', null],
  ])('with the time %j was sent at %j', (timestamp, expected) => {
    const item = { ...buildItem(PSID, { message: { mid: 'm_1', text: 'x' } }), timestamp };
    expect(readAll(buildDelivery([item]))[0]?.sentAt?.toISOString() ?? null).toBe(expected);
  });
});

describe('an echo from Messenger', () => {
  const echo = (fields: object, from: string = FAKE_PAGE.pageId, is_echo: boolean | null = true) =>
    readAll(
      buildDelivery([
        {
          sender: { id: from },
          recipient: { id: PSID },
          timestamp: 1,
          message: { mid: 'm_1', text: 'Chào', is_echo, ...fields },
        },
      ]),
    )[0];

  it.each([
    ['our app as a number', { app_id: 550066007700880 }, 'us'],
    ['our app as a string', { app_id: FAKE_PAGE.appId }, 'us'],
    ['no app and our mark', { metadata: 'hoi-truoc' }, 'us'],
    ['the page inbox', { app_id: 263902037430900 }, 'inbox'],
    ['no app and no mark', {}, 'unnamed'],
    ['another app', { app_id: 1 }, 'other'],
    ['another app that copied our mark', { app_id: 1, metadata: 'hoi-truoc' }, 'other'],
  ])('with %s says whose hand it is', (_what, fields, party) => {
    expect(echo(fields)).toMatchObject({
      kind: 'echo',
      conversationId: PSID,
      senderId: FAKE_PAGE.pageId,
      botMayReply: false,
      opensWindow: false,
      party,
    });
  });

  it('is one also without the flag, so that we never answer ourselves', () => {
    expect(echo({}, FAKE_PAGE.pageId, null)).toMatchObject({ kind: 'echo', botMayReply: false });
  });
});

describe('thread control in Messenger', () => {
  const inbox = '263902037430900';
  it.each([
    ['passed to the inbox', { pass_thread_control: { new_owner_app_id: inbox } }, 'inbox'],
    ['passed to us, as a number', { pass_thread_control: { new_owner_app_id: 550066007700880 } }, 'us'],
    ['passed to another app', { pass_thread_control: { new_owner_app_id: '1' } }, 'other'],
    [
      'passed on by us, not told to whom',
      { pass_thread_control: { previous_owner_app_id: FAKE_PAGE.appId } },
      'other',
    ],
    [
      'passed on by the inbox, not told to whom',
      { pass_thread_control: { previous_owner_app_id: inbox } },
      null,
    ],
    ['taken from us', { take_thread_control: { previous_owner_app_id: 550066007700880 } }, 'other'],
    ['taken by the inbox', { take_thread_control: { new_owner_app_id: inbox } }, 'inbox'],
    ['asked for', { request_thread_control: { requested_owner_app_id: inbox } }, null],
    ['passed, with nothing told', { pass_thread_control: {} }, null],
  ])('%s', (_what, fields, party) => {
    expect(read(fields)).toMatchObject({ kind: 'handover', party, conversationId: PSID, botMayReply: false });
    expect(read(fields, 'messaging_handovers')).toMatchObject({ kind: 'handover', party });
  });
});
