import { describe, expect, it } from '@jest/globals';
import { runChaos } from './run.ts';

describe('two instances under load while things are killed and lines break', () => {
  it('lose, repeat and reorder nothing, and never speak over a counsellor', async () => {
    const said: string[] = [];
    const totals = await runChaos({
      ...{ cycles: 20, seed: 20, people: 20, keep: false },
      say: (line) => void said.push(line),
    });
    const wrong = said.filter((line) => !/^\d+ of \d+ cycles/.test(line));
    expect(wrong).toEqual([]);
    expect(totals).toMatchObject({ ok: true, cycles: 20, stuck: 0, crashed: 0, contract_faults: 0 });
    // it was a test at all
    expect(totals.written).toBeGreaterThan(200);
    expect(totals.sent).toBeGreaterThan(totals.written);
  }, 900_000);
});
