import { expect, it } from '@jest/globals';
import { createPatience } from '../../../server/turns/patience.ts';

it('looks again four times with growing pauses, then gives up and begins anew', () => {
  const pauses: number[] = [];
  const looked: string[] = [];
  const patience = createPatience(
    (id) => looked.push(id),
    (ms, fire) => {
      pauses.push(ms);
      fire();
    },
  );
  const waits = Array.from({ length: 6 }, () => patience.wait('a'));
  expect(waits).toEqual([true, true, true, true, false, true]);
  expect(pauses).toEqual([10, 20, 40, 80, 10]);
  expect(looked).toEqual(['a', 'a', 'a', 'a', 'a']);
});

it('counts the looks of each conversation for itself and forgets them when nothing is in front any more', () => {
  const pauses: number[] = [];
  const patience = createPatience(
    () => undefined,
    (ms) => pauses.push(ms),
  );
  patience.wait('a');
  patience.wait('b');
  patience.wait('a');
  patience.forget('a');
  patience.wait('a');
  expect(pauses).toEqual([10, 10, 20, 10]);
});
