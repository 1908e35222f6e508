import { describe, expect, it } from '@jest/globals';
import { readEvent } from '../../../server/turns/event-json.ts';
import { message } from '../../support/turns.ts';

const stored = (event: object): unknown => JSON.parse(JSON.stringify(event));

describe('an event in the inbox', () => {
  it.each(['us', 'inbox', 'other', null] as const)('comes back as it was stored, with party %j', (party) => {
    const event = message('a', 'chào', { party, sentAt: new Date('2026-11-20T07:59:00.000Z') });
    expect(readEvent(stored(event))).toEqual(event);
  });

  it('of a release that knew no party has none', () => {
    const { party: _party, ...older } = message('a', 'chào');
    expect(readEvent(stored(older)).party).toBeNull();
  });

  it('of an unknown shape is refused', () => {
    expect(() => readEvent({ ...message('a', 'chào'), party: 'martian' })).toThrow();
  });
});
