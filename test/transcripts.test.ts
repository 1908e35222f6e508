/** Runs every transcript of test/transcripts: what a person writes, which texts come back, what the engine decided. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Assets } from '../bot/index.ts';
import { openChat } from '../server/tools/chat-session.ts';
import { loadRealAssets, repositoryRoot } from './support/assets.ts';

const TurnSchema = z.strictObject({
  person: z.string().optional(),
  tap: z.string().optional(),
  start: z.string().nullable().optional(),
  send: z.enum(['image', 'video', 'audio', 'voice', 'file', 'sticker', 'location', 'contact', 'link', 'unsupported']).optional(),
  caption: z.string().optional(),
  /** message keys in order */
  bot: z.array(z.string()),
  /** event types besides message_created that appear, in this order, others between them allowed */
  events: z.array(z.string()).optional(),
  exactly: z.boolean().optional(),
  /** words that must stand in what is said, or must not */
  says: z.array(z.string()).optional(),
  'says-not': z.array(z.string()).optional(),
});
const TranscriptSchema = z.strictObject({
  title: z.string(),
  language: z.string().default('vi'),
  staffed: z.boolean().default(true),
  turns: z.array(TurnSchema).min(1),
});

const folder = join(repositoryRoot, 'test', 'transcripts');
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml')).sort();
const start = new Date('2026-11-23T08:00:00Z');

describe('transcripts', () => {
  let assets: Assets;
  beforeAll(async () => {
    assets = await loadRealAssets();
  });

  it.each(files)('%s', (name) => {
    const transcript = TranscriptSchema.parse(parse(readFileSync(join(folder, name), 'utf8')));
    const chat = openChat({ assets, language: transcript.language, staffed: transcript.staffed });
    transcript.turns.forEach((turn, index) => {
      const now = new Date(start.getTime() + index * 30_000);
      const { events } = chat.take(inputOf(turn), now);
      const said = events.filter((event) => event.type === 'message_created');
      const where = `turn ${index + 1} (${turn.person ?? turn.tap ?? turn.send ?? 'start'})`;
      expect({ where, bot: said.map((event) => event.key) }).toEqual({ where, bot: turn.bot });
      const types = events.map((event) => event.type).filter((type) => type !== 'message_created');
      if (turn.exactly === true) expect({ where, types }).toEqual({ where, types: turn.events ?? [] });
      else expect({ where, kept: inOrder(types, turn.events ?? []) }).toEqual({ where, kept: turn.events ?? [] });
      const text = said.map((event) => event.text).join('\n');
      for (const words of turn.says ?? []) expect(text).toContain(words);
      for (const words of turn['says-not'] ?? []) expect(text).not.toContain(words);
    });
  });

  it('covers every exit of every flow', () => {
    const taken = new Set<string>();
    for (const name of files) {
      const transcript = TranscriptSchema.parse(parse(readFileSync(join(folder, name), 'utf8')));
      const chat = openChat({ assets, language: transcript.language, staffed: transcript.staffed });
      transcript.turns.forEach((turn, index) => {
        const { events } = chat.take(inputOf(turn), new Date(start.getTime() + index * 30_000));
        for (const event of events) if (event.type === 'flow_ended') taken.add(`${event.flow}.${event.exit}`);
      });
    }
    const exits = [...assets.flows.values()].flatMap((flow) =>
      [...flow.nodes.values()].filter((node) => node.kind === 'end').map((node) => `${flow.id}.${node.end === true ? 'done' : node.end}`),
    );
    expect([...new Set(exits)].filter((exit) => !taken.has(exit))).toEqual([]);
  });
});

function inputOf(turn: z.infer<typeof TurnSchema>): Parameters<ReturnType<typeof openChat>['take']>[0] {
  if (turn.tap !== undefined) return { kind: 'choice', id: turn.tap };
  if (turn.send !== undefined) return { kind: 'attachment', attachment: turn.send, caption: turn.caption ?? '' };
  if (turn.person !== undefined) return { kind: 'text', text: turn.person, forwarded: false };
  return { kind: 'start', ref: turn.start ?? null, languageHint: null };
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
