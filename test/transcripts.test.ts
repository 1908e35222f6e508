/** Runs every transcript of test/transcripts: what a person writes, which texts come back, what the engine decided. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Assets } from '../bot/index.ts';
import { loadRealAssets } from './support/assets.ts';
import { listTranscripts, playTranscript, readTranscript, saidKeys } from './support/transcript.ts';

const names = listTranscripts();
let assets: Assets;
beforeAll(async () => {
  assets = await loadRealAssets();
});

describe('transcripts', () => {
  it.each(names)('%s', (name) => {
    const transcript = readTranscript(name);
    const played = playTranscript(assets, transcript);
    transcript.turns.forEach((turn, index) => {
      const events = played[index] ?? [];
      const where = `turn ${index + 1}: ${turn.person ?? turn.tap ?? turn.send ?? 'start'}`;
      expect({ where, bot: saidKeys(events) }).toEqual({ where, bot: turn.bot });
      const types = events.map((event) => event.type).filter((type) => type !== 'message_created');
      const wanted = turn.events ?? [];
      expect({ where, events: turn.exactly === true ? types : inOrder(types, wanted) }).toEqual({
        where,
        events: wanted,
      });
      const text = events.map((event) => (event.type === 'message_created' ? event.text : '')).join('\n');
      for (const words of turn.says ?? []) expect(text).toContain(words);
      for (const words of turn['says-not'] ?? []) expect(text).not.toContain(words);
    });
  });

  it('take every exit of every flow', () => {
    const events = names.flatMap((name) => playTranscript(assets, readTranscript(name)).flat());
    const taken = new Set(
      events.map((event) => (event.type === 'flow_ended' ? `${event.flow}.${event.exit}` : '')),
    );
    const exits = [...assets.flows.values()].flatMap((flow) =>
      [...flow.nodes.values()].flatMap((node) =>
        node.kind === 'end' ? [`${flow.id}.${node.end === true ? 'done' : node.end}`] : [],
      ),
    );
    expect(exits.filter((exit) => !taken.has(exit))).toEqual([]);
  });
});

/** the wanted types that do appear in order */
function inOrder(types: readonly string[], wanted: readonly string[]): readonly string[] {
  let from = 0;
  return wanted.filter((type) => {
    const index = types.indexOf(type, from);
    if (index < 0) return false;
    from = index + 1;
    return true;
  });
}
