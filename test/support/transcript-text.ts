/** A played transcript as a text to read aloud, and the texts kept in test/transcripts/read. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Assets, BotEvent, Choice } from '../../bot/index.ts';
import { type PlayedTurn, playTranscript } from './play-transcript.ts';
import {
  listTranscripts,
  readTranscript,
  textIn,
  type Transcript,
  transcriptFolder,
  type TranscriptTurn,
} from './transcript.ts';
import { noteOf, type ScriptWords, scriptWords } from './transcript-words.ts';

export const readFolder = join(transcriptFolder, 'read');

export interface ReadText {
  /** `<transcript>.<language>.txt`, in `readFolder` */
  file: string;
  text: string;
}

/** Every transcript in each of its languages. */
export function readTexts(assets: Assets): readonly ReadText[] {
  return listTranscripts().flatMap((name) => {
    const transcript = readTranscript(name);
    return transcript.languages.map((language) => ({
      file: `${name}.${language}.txt`,
      text: transcriptText(transcript, playTranscript(assets, transcript, language), language),
    }));
  });
}

/** The text as it was kept; '' when none was. */
export function keptText(file: string): string {
  const path = join(readFolder, file);
  return existsSync(path) ? readFileSync(path, 'utf8').replaceAll('\r\n', '\n') : '';
}

export function listKeptTexts(): readonly string[] {
  return existsSync(readFolder) ? readdirSync(readFolder).sort() : [];
}

/** Title, then one block for each turn: who says what, the buttons, and in brackets what is decided. */
export function transcriptText(
  transcript: Transcript,
  played: readonly PlayedTurn[],
  language: string,
): string {
  const words = scriptWords(language);
  const offered: Choice[] = [];
  const head = textIn(transcript.title, language) + (transcript.staffed ? '' : ` (${words.staffed.no})`);
  const blocks = played.map((turn, index) => {
    const written = transcript.turns[index];
    const before = played[index - 1]?.staffed ?? transcript.staffed;
    const lines = [
      ...(turn.staffed === before ? [] : [`  (${turn.staffed ? words.staffed.yes : words.staffed.no})`]),
      ...(written?.wait === undefined ? [] : [`  (${words.silent} ${duration(written.wait, words)})`]),
      ...eventLines(turn.unasked, language, offered),
      ...(written?.at === undefined ? [] : [`  (${words.at} ${written.at})`]),
      ...(written === undefined ? [] : personLines(written, language, offered)),
      ...eventLines(turn.answered, language, offered),
    ];
    return lines.join('\n');
  });
  return [head, ...blocks].join('\n\n') + '\n';
}

function personLines(turn: TranscriptTurn, language: string, offered: readonly Choice[]): readonly string[] {
  const words = scriptWords(language);
  const { tap } = turn;
  if (turn.person !== undefined) return [spoken(words.person, textIn(turn.person, language))];
  if (tap !== undefined) return [`${words.person}: ${words.taps} ${labelOf(tap, offered)}`];
  if (turn.send !== undefined)
    return [
      spoken(words.person, `${words.sends[turn.send]} ${textIn(turn.caption ?? '', language)}`.trimEnd()),
    ];
  if (turn.start === undefined) return [];
  return [spoken(words.person, `${words.opens} ${turn.start ?? ''}`.trimEnd())];
}

/** The newest button of that id; ids are written in full or only as their last part. */
function labelOf(tap: string, offered: readonly Choice[]): string {
  return offered.findLast(({ id }) => id === tap || id.endsWith(`.${tap}`))?.label ?? tap;
}

/** Adds the buttons that are shown to `offered`. */
function eventLines(events: readonly BotEvent[], language: string, offered: Choice[]): readonly string[] {
  const words = scriptWords(language);
  return events.flatMap((event) => {
    if (event.type !== 'message_created') {
      const note = noteOf(event, language);
      return note === null ? [] : [`  (${note})`];
    }
    offered.push(...event.choices);
    return [
      spoken(words.bot, event.text),
      ...event.choices.map(({ label }, index) => `  [${index + 1}] ${label}`),
    ];
  });
}

function spoken(who: string, text: string): string {
  const [first = '', ...rest] = text.split('\n');
  return [`${who}: ${first}`, ...rest.map((line) => (line === '' ? '' : `    ${line}`))].join('\n');
}

function duration(wait: string, { units }: ScriptWords): string {
  const unit = wait.endsWith('m') ? units.m : wait.endsWith('h') ? units.h : units.d;
  return `${wait.slice(0, -1)} ${unit}`;
}
