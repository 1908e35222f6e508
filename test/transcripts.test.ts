/** Runs every transcript of test/transcripts: what a person writes, which texts come back, what the engine decided. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Assets } from '../bot/index.ts';
import { loadRealAssets } from './support/assets.ts';
import { eventsOf, playTranscript, saidKeys } from './support/play-transcript.ts';
import {
  listTranscripts,
  readTranscript,
  textIn,
  type TranscriptTurn,
  wordsIn,
} from './support/transcript.ts';
import { keptText, listKeptTexts, transcriptText } from './support/transcript-text.ts';
import { wordDiffLines } from './support/word-diff.ts';

const transcripts = listTranscripts().map((name) => ({ name, transcript: readTranscript(name) }));
const conversations = transcripts.flatMap(({ name, transcript }) =>
  transcript.languages.map((language) => ({ name, language, transcript })),
);
let assets: Assets;
beforeAll(async () => {
  assets = await loadRealAssets();
});

describe('transcripts', () => {
  it.each(conversations)('$name in $language reads as it is kept', ({ name, language, transcript }) => {
    const file = `${name}.${language}.txt`;
    const text = transcriptText(transcript, playTranscript(assets, transcript, language), language);
    const changes = wordDiffLines(file, keptText(file), text);
    // thrown, because a comparison of two whole texts hides the changed words
    if (changes.length > 0)
      throw new Error(`${changes.join('\n')}\n\nIf this should be so: npm run transcripts:update`);
    expect(text).toBe(keptText(file));
  });

  it.each(conversations)('$name in $language decides as it is written', ({ language, transcript }) => {
    const played = playTranscript(assets, transcript, language);
    transcript.turns.forEach((turn, index) => {
      const events = played.slice(index, index + 1).flatMap(eventsOf);
      const where = `turn ${index + 1}: ${doneIn(turn, language)}`;
      const said = played.slice(index, index + 1).flatMap(saidKeys);
      expect({ where, bot: said }).toEqual({ where, bot: turn.bot });
      const types = events.map((event) => event.type).filter((type) => type !== 'message_created');
      const wanted = turn.events ?? [];
      expect({ where, events: turn.exactly === true ? types : inOrder(types, wanted) }).toEqual({
        where,
        events: wanted,
      });
      const text = events.map((event) => (event.type === 'message_created' ? event.text : '')).join('\n');
      for (const words of wordsIn(turn.says, language)) expect(text).toContain(words);
      for (const words of wordsIn(turn['says-not'], language)) expect(text).not.toContain(words);
    });
  });

  it('keep no text of a conversation that is gone', () => {
    const files = new Set(conversations.map(({ name, language }) => `${name}.${language}.txt`));
    expect(listKeptTexts().filter((file) => !files.has(file))).toEqual([]);
  });

  it.each(['vi', 'en'])('take every exit of every flow in %s', (wanted) => {
    const inLanguage = conversations.filter(({ language }) => language === wanted);
    const events = inLanguage.flatMap(({ transcript, language }) =>
      playTranscript(assets, transcript, language).flatMap(eventsOf),
    );
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

function doneIn(turn: TranscriptTurn, language: string): string {
  if (turn.person !== undefined) return textIn(turn.person, language);
  return turn.tap ?? turn.send ?? turn.wait ?? turn.at ?? 'start';
}

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
