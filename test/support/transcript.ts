/** Transcripts: what a person writes and what comes back, in a form a counsellor can read. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Assets, ATTACHMENT_KINDS, type BotEvent, type TurnInput } from '../../bot/index.ts';
import { openChat } from '../../server/tools/chat-session.ts';
import { repositoryRoot } from './assets.ts';

const TurnSchema = z.strictObject({
  /** what the person writes; or a tap (choice id), something sent, or opening the conversation (campaign or null) */
  person: z.string().optional(),
  tap: z.string().optional(),
  send: z.enum(ATTACHMENT_KINDS).optional(),
  caption: z.string().optional(),
  start: z.string().nullable().optional(),
  /** message keys that come back, in order */
  bot: z.array(z.string()),
  /** event types besides message_created that appear in this order, others between them allowed */
  events: z.array(z.string()).optional(),
  /** true: no other event at all */
  exactly: z.boolean().optional(),
  /** words that must stand in what is said, or must not */
  says: z.array(z.string()).optional(),
  'says-not': z.array(z.string()).optional(),
});
export type TranscriptTurn = z.infer<typeof TurnSchema>;

const TranscriptSchema = z.strictObject({
  title: z.string(),
  language: z.string().default('vi'),
  staffed: z.boolean().default(true),
  turns: z.array(TurnSchema).min(1),
});
export type Transcript = z.infer<typeof TranscriptSchema>;

export const transcriptFolder = join(repositoryRoot, 'test', 'transcripts');
const CLOCK_START = Date.UTC(2026, 10, 23, 8);
const SECONDS_BETWEEN_TURNS = 30;

export function listTranscripts(): readonly string[] {
  return readdirSync(transcriptFolder)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
}

/** @throws ZodError naming the place when the file has another shape */
export function readTranscript(name: string): Transcript {
  return TranscriptSchema.parse(parse(readFileSync(join(transcriptFolder, name), 'utf8')));
}

/** The events of each turn, on one clock that advances by half a minute. */
export function playTranscript(assets: Assets, transcript: Transcript): readonly (readonly BotEvent[])[] {
  const chat = openChat({ assets, language: transcript.language, staffed: transcript.staffed });
  return transcript.turns.map((turn, index) => {
    const now = new Date(CLOCK_START + index * SECONDS_BETWEEN_TURNS * 1000);
    return chat.take(inputOf(turn), now).events;
  });
}

export function saidKeys(events: readonly BotEvent[]): readonly string[] {
  return events.filter((event) => event.type === 'message_created').map((event) => event.key);
}

function inputOf(turn: TranscriptTurn): TurnInput {
  if (turn.tap !== undefined) return { kind: 'choice', id: turn.tap };
  if (turn.send !== undefined)
    return { kind: 'attachment', attachment: turn.send, caption: turn.caption ?? '', ref: `${turn.send}-1` };
  if (turn.person !== undefined) return { kind: 'text', text: turn.person, forwarded: false };
  return { kind: 'start', ref: turn.start ?? null, languageHint: null };
}
