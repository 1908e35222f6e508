/** What LINE delivers, read into events of ours. */
import { describe, expect, it } from '@jest/globals';
import type { InboundEvent } from '../../../server/channels/adapter.ts';
import { createLine, NOW, readEvents } from '../../support/adapters.ts';
import { nameReplyToken } from '../../support/platforms/line.ts';
import { buildLineDelivery, buildLineEvent, buildLineText } from '../../support/platforms/line-events.ts';

const USER = 'U0a1b2c3d4e5f60718293a4b5c6d7e8f9';
const readAll = (body: object, account = 'default') => readEvents(createLine({ account }), body);

function read(fields: object): InboundEvent {
  const [event] = readAll(buildLineDelivery([buildLineEvent(USER, 1, fields)]));
  if (event === undefined) throw new Error('no event');
  return event;
}

const readMessage = (message: object): InboundEvent =>
  read({ type: 'message', message: { id: '5', ...message } });

describe('a delivery from LINE', () => {
  it.each([
    ['no JSON object', 'null'],
    ['no events', '{"destination":"U"}'],
    ['events that are no list', '{"events":{"type":"message"}}'],
  ])('with %s has no events', (_what, body) => {
    expect(createLine().parse(Buffer.from(body), NOW)).toEqual({ kind: 'events', events: [] });
  });

  it('keeps what is readable beside what is not', () => {
    const events = readAll({ events: [null, 5, buildLineText(USER, 1, 'cứu em'), { type: 'message' }] });
    expect(events.filter(({ kind }) => kind !== 'ignored').map(({ text }) => text)).toEqual(['cứu em']);
    expect(events).toHaveLength(4);
  });

  it('reads 50 events in one body, earliest first, each with its own key', () => {
    const events = Array.from({ length: 50 }, (_, index) => buildLineText(USER, index, String(index)));
    const seen = readAll(buildLineDelivery(events.toReversed()));
    expect(seen.map(({ text }) => text)).toEqual(events.map((_, index) => String(index)));
    expect(new Set(seen.map(({ dedupeKey }) => dedupeKey)).size).toBe(50);
  });

  it('keeps a text of 10,000 characters whole', () => {
    expect(readMessage({ type: 'text', text: 'ă'.repeat(10_000) }).text).toHaveLength(10_000);
  });

  it.each([
    [
      'a video',
      { type: 'video', duration: 5000, contentProvider: { type: 'line' } },
      { type: 'video', ref: '5', durationMs: 5000 },
    ],
    [
      'a picture somebody else holds',
      {
        type: 'image',
        contentProvider: { type: 'external', originalContentUrl: 'https://example.org/p?k=secret' },
      },
      { type: 'image', ref: null },
    ],
    ['a file', { type: 'file', fileName: 'x.pdf', fileSize: 9 }, { type: 'file', ref: '5', sizeBytes: 9 }],
    [
      'a place outside the globe',
      { type: 'location', latitude: 91, longitude: 0 },
      { type: 'location', latitude: null },
    ],
    ['a kind yet unknown', { type: 'hologram' }, { type: 'unsupported', ref: null }],
    ['a text that is none', { type: 'text', text: 5 }, { type: 'unsupported' }],
  ])('of %s has that attachment and may be answered', (_what, message, attachment) => {
    const event = readMessage(message);
    expect(event).toMatchObject({ kind: 'message', text: '', botMayReply: true, opensWindow: true });
    expect(event.attachments).toEqual([expect.objectContaining(attachment)]);
  });

  it('keeps the words typed into a sticker', () => {
    expect(readMessage({ type: 'sticker', packageId: '1', stickerId: '2', text: 'cứu em' })).toMatchObject({
      text: 'cứu em',
      attachments: [{ type: 'sticker' }],
    });
  });

  const group = { source: { type: 'group', groupId: 'C0a1b2c3d4e5f60718293a4b5c6d7e8f9', userId: USER } };
  const text = { type: 'message', message: { id: '5', type: 'text', text: 'x' } };
  it.each([
    ['a group', { ...text, ...group }, 'message'],
    ['a room', { ...text, source: { type: 'room', roomId: 'R0a1b2c3d4e5f60718293a4b5c6d7e8f9' } }, 'message'],
    ['a button in a group', { type: 'postback', postback: { data: 'x' }, ...group }, 'postback'],
    ['nobody', { ...text, source: undefined }, 'message'],
    ['a source yet unknown', { ...text, source: { type: 'square', userId: USER } }, 'message'],
    ['another module that has the conversation (standby)', { ...text, mode: 'standby' }, 'message'],
    ['an edit', { type: 'messageEdited', message: { id: '5', type: 'text', text: 'mới' } }, 'edit'],
    ['an unsend', { type: 'unsend', unsend: { messageId: '5' } }, 'unsend'],
    ['a blocking', { type: 'unfollow' }, 'unfollow'],
    ['joining a group', { type: 'join', ...group }, 'membership'],
    ['leaving a group', { type: 'leave', ...group }, 'membership'],
    ['members who joined', { type: 'memberJoined', joined: { members: [] }, ...group }, 'membership'],
    ['a beacon', { type: 'beacon', beacon: {} }, 'ignored'],
    ['an activated module', { type: 'activated' }, 'ignored'],
    ['a video watched to its end', { type: 'videoPlayComplete' }, 'ignored'],
    ['a reaction and whatever else is yet unknown', { type: 'reaction', reaction: {} }, 'ignored'],
    ['a message without one', { type: 'message' }, 'ignored'],
    ['a button without data', { type: 'postback', postback: {} }, 'ignored'],
  ])('from %s is never answered', (_what, fields, kind) => {
    expect(read(fields)).toMatchObject({ kind, botMayReply: false, opensWindow: false });
  });

  it.each([
    ['for the first time', { follow: { isUnblocked: false } }, false],
    ['again after a blocking', { follow: { isUnblocked: true } }, true],
    ['in an older form', {}, false],
  ])('of somebody who lets us in %s says so', (_what, fields, returning) => {
    expect(read({ type: 'follow', ...fields })).toMatchObject({
      kind: 'follow',
      botMayReply: true,
      returning,
    });
  });

  it('takes the text of an edit and the message of an unsend along', () => {
    expect(read({ type: 'messageEdited', message: { id: '5', text: 'mới' } })).toMatchObject({
      messageId: '5',
      text: 'mới',
    });
    expect(read({ type: 'unsend', unsend: { messageId: '5' } }).messageId).toBe('5');
  });

  it.each([
    ['a first delivery', {}, `${nameReplyToken(USER, 1)} ${NOW.getTime()}`],
    ['a second delivery, which may find it used', { deliveryContext: { isRedelivery: true } }, null],
    ['standby', { mode: 'standby' }, null],
    ['a token that is none', { replyToken: 'a b' }, null],
  ])('carries the reply token and its age on %s', (_what, over, handle) => {
    expect(read({ ...text, ...over }).replyHandle).toBe(handle);
  });

  it('delivered a second time has the key of the first', () => {
    const again = read({ ...text, deliveryContext: { isRedelivery: true } });
    expect(again).toMatchObject({ dedupeKey: read(text).dedupeKey, botMayReply: true });
  });

  it('to a second account of ours has its own key, and without an id one made from its bytes', () => {
    const body = buildLineDelivery([buildLineText(USER, 1, 'x')]);
    expect(readAll(body, 'second')[0]?.dedupeKey).toBe('line:second:01K5EXAMPLE000000000000001');
    const nameless = ['a', 'b'].map(
      (data) => read({ type: 'postback', postback: { data }, webhookEventId: 5 }).dedupeKey,
    );
    expect(nameless[0]).toMatch(/^line:[0-9a-f]{64}$/);
    expect(nameless[0]).not.toBe(nameless[1]);
  });
});
