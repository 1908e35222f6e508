import { describe, expect, it } from '@jest/globals';
import { holdOrder } from '../../server/console/src/hooks/held-order.ts';

const list = (ids: string) => Array.from(ids, (conversationId) => ({ conversationId }));
const read = (held: ReturnType<typeof holdOrder<{ conversationId: string }>>): string =>
  held.rows.map(({ item, gone }) => (gone ? `(${item.conversationId})` : item.conversationId)).join('');

describe('holdOrder', () => {
  it.each([
    {
      title: 'follows the server when nobody points at it',
      shown: 'ab',
      incoming: 'cba',
      hold: false,
      rows: 'cba',
      fresh: 0,
    },
    { title: 'counts who is new', shown: 'ab', incoming: 'cabd', hold: true, rows: 'ab', fresh: 2 },
    {
      title: 'keeps who was taken in place, marked',
      shown: 'abc',
      incoming: 'ac',
      hold: true,
      rows: 'a(b)c',
      fresh: 0,
    },
    {
      title: 'keeps its order when the risk changes',
      shown: 'ab',
      incoming: 'ba',
      hold: true,
      rows: 'ab',
      fresh: 0,
    },
    { title: 'shows the first people at once', shown: '', incoming: 'ab', hold: true, rows: 'ab', fresh: 0 },
  ])('$title', ({ shown, incoming, hold, rows, fresh }) => {
    const held = holdOrder(list(shown), list(incoming), hold);
    expect([read(held), held.fresh]).toEqual([rows, fresh]);
  });

  it('shows the newest state of a person who stays', () => {
    const held = holdOrder([{ conversationId: 'a', risk: 1 }], [{ conversationId: 'a', risk: 3 }], true);
    expect(held.rows[0]?.item.risk).toBe(3);
  });
});
