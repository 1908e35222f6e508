/** What Zalo delivers, read into events of ours. */
import { describe, expect, it } from '@jest/globals';
import type { InboundEvent } from '../../../server/channels/adapter.ts';
import { buildTapPayload } from '../../../server/channels/zalo-parse.ts';
import { createZalo, readEvents } from '../../support/adapters.ts';
import { FAKE_ZALO } from '../../support/platforms/zalo.ts';

const PERSON = '7012345678901234567';

describe('a webhook of Zalo', () => {
  const text = (fields: object, over: object = {}) => ({
    event_name: 'user_send_text',
    sender: { id: PERSON },
    recipient: { id: FAKE_ZALO.oaId },
    message: { msg_id: 'm1', ...fields },
    timestamp: '1790000000000',
    ...over,
  });

  it.each([
    ['a tap', buildTapPayload('welcome.menu.check'), 'postback', 'welcome.menu.check'],
    ['a tap with a choice in Vietnamese', buildTapPayload('đi làm/xa %'), 'postback', 'đi làm/xa %'],
    ['a campaign code', '#poster2026', 'message', null],
    ['our mark with words after it', '#ht:cứu em với', 'message', null],
    ['our mark alone', '#ht:', 'message', null],
    ['our mark in a sentence', 'mã #ht:yes ạ', 'message', null],
    ['broken encoding', '#ht:%E0%A4', 'message', null],
  ])('whose text is %s (%j) is a %s', (_what, given, kind, payload) => {
    expect(read(text({ text: given }))).toMatchObject({ kind, payload, text: given, botMayReply: true });
  });

  it.each([
    ['gif', 'image'],
    ['video', 'video'],
    ['audio', 'voice'],
    ['hologram', 'unsupported'],
  ])('with an attachment of type %s has one of type %s', (type, expected) => {
    const event = read(
      text(
        { attachments: [{ type, payload: { url: 'https://example.org/x' } }] },
        { event_name: `user_send_${type}` },
      ),
    );
    expect(event).toMatchObject({ kind: 'message', botMayReply: true });
    expect(event.attachments).toEqual([expect.objectContaining({ type: expected, ref: null })]);
  });

  it('takes a business card for a contact, and keeps nothing of what is on it', () => {
    const card = {
      type: 'link',
      payload: { description: '{"phone":"84900000000"}', url: 'https://example.org' },
    };
    const event = read(text({ attachments: [card] }, { event_name: 'user_send_business_card' }));
    expect(event.attachments).toEqual([expect.objectContaining({ type: 'contact' })]);
    expect(JSON.stringify(event)).not.toMatch(/84900000000|example\.org/);
  });

  it('reads attachments that stand beside the message', () => {
    const event = read(
      text({}, { event_name: 'user_send_image', attachments: [{ type: 'image', payload: {} }] }),
    );
    expect(event.attachments).toEqual([expect.objectContaining({ type: 'image' })]);
  });

  it('of a kind yet unknown with nothing readable still deserves an answer', () => {
    expect(read(text({}, { event_name: 'user_send_dream' }))).toMatchObject({
      kind: 'message',
      botMayReply: true,
      attachments: [{ type: 'unsupported' }],
    });
  });

  it.each([
    ['outside the globe', { latitude: '91.0', longitude: '0.0' }],
    ['in words', { latitude: 'north', longitude: 'east' }],
    ['half', { latitude: '21.0' }],
  ])('with a place %s has none', (_what, coordinates) => {
    const event = read(
      text(
        { attachments: [{ type: 'location', payload: { coordinates } }] },
        { event_name: 'user_send_location' },
      ),
    );
    expect(event.attachments).toEqual([expect.objectContaining({ type: 'location', latitude: null })]);
  });

  it.each([
    ['"1790000000000"', new Date(1_790_000_000_000)],
    ['1790000000000', new Date(1_790_000_000_000)],
    // as in the documented sample
    ['"154390853474"', new Date(154_390_853_474)],
    ['"soon"', null],
    ['-1', null],
    ['0', null],
    ['1e300', null],
    ['{}', null],
  ])('with the time %s', (timestamp, sentAt) => {
    const raw = JSON.stringify(text({ text: 'a' })).replace('"1790000000000"', timestamp);
    expect(readRaw(raw)).toMatchObject({ kind: 'message', sentAt });
  });

  it('with an id as a number has none: its last digits are already lost', () => {
    const raw = JSON.stringify(text({ text: 'a' })).replace(`"${PERSON}"`, PERSON);
    expect(readRaw(raw)).toMatchObject({ kind: 'ignored', conversationId: '', botMayReply: false });
  });

  const others: [string, object, string][] = [
    ['a person to another account', text({ text: 'a' }, { recipient: { id: '1' } }), 'ignored'],
    ['another account to a person', text({ text: 'a' }, { event_name: 'oa_send_text' }), 'ignored'],
    ['a visitor without a name', text({ text: 'a' }, { event_name: 'anonymous_send_text' }), 'ignored'],
    ['a group', text({ text: 'a' }, { event_name: 'user_send_group_text' }), 'ignored'],
    ['a button by another project', text({}, { event_name: 'user_click_button' }), 'ignored'],
    [
      'somebody who wants data deleted',
      { event_name: 'user_withdraw', oa_id: FAKE_ZALO.oaId, user_id: PERSON },
      'ignored',
    ],
    [
      'a follower of another account',
      { event_name: 'follow', oa_id: '1', follower: { id: PERSON } },
      'ignored',
    ],
    ['a reaction', text({ react_icon: '/-heart' }, { event_name: 'user_reacted_message' }), 'reaction'],
    ['an event yet unknown', text({ text: 'a' }, { event_name: 'brand_new' }), 'ignored'],
    ['an array', [text({ text: 'a' })], 'ignored'],
  ];
  it.each(others)('from %s is never answered', (_what, body, kind) => {
    expect(read(body)).toMatchObject({ kind, botMayReply: false, opensWindow: false });
  });

  it.each([
    ['follow', { follower: { id: PERSON } }, 'follow'],
    ['user_click_chatnow', { user_id: PERSON }, 'start'],
  ])('%s opens the conversation', (name, who, kind) => {
    expect(read({ event_name: name, oa_id: FAKE_ZALO.oaId, ...who })).toMatchObject({
      kind,
      conversationId: PERSON,
      botMayReply: true,
      opensWindow: true,
    });
  });

  it.each(['user_received_message', 'user_seen_message', 'oa_send_text'])(
    '%s does not open the window',
    (name) => {
      const body = text(
        { text: 'a' },
        { event_name: name, sender: { id: FAKE_ZALO.oaId }, recipient: { id: PERSON } },
      );
      expect(read(body)).toMatchObject({ conversationId: PERSON, opensWindow: false, botMayReply: false });
    },
  );

  it('of a filled-in form keeps nothing of what was filled in', () => {
    const event = read(
      text(
        { text: '{"name":"Hoa","phone":"84900000000"}' },
        { event_name: 'user_submit_info', info: { name: 'Hoa' } },
      ),
    );
    expect(event.kind).toBe('profile');
    expect(JSON.stringify(event)).not.toMatch(/Hoa|84900000000/);
  });

  it('reads a text of 10,000 characters whole', () => {
    expect(read(text({ text: 'ạ'.repeat(10_000) })).text).toHaveLength(10_000);
  });

  it('to a second account of ours has its own key', () => {
    expect(readRaw(JSON.stringify(text({ text: 'a' })), 'second').dedupeKey).toBe('zalo:second:m1');
  });

  function read(body: object): InboundEvent {
    return readRaw(JSON.stringify(body));
  }
});

function readRaw(raw: string, account = 'default'): InboundEvent {
  const [event] = readEvents(createZalo({ account }), raw);
  if (event === undefined) throw new Error('no event');
  return event;
}
