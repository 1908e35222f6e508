/** Plays a transcript on the real engine, on one clock: what happens in each turn, also while nobody writes. */
import {
  type Assets,
  type BotEvent,
  readSession,
  type Session,
  startSession,
  takeTurn,
  type TurnInput,
} from '../../bot/index.ts';
import { waitMs } from '../../bot/flow/schema.ts';
import { textIn, type Transcript, type TranscriptTurn } from './transcript.ts';

export interface PlayedTurn {
  /** what a question said that waited until its time was over, before the rest of the turn */
  unasked: readonly BotEvent[];
  /** what the person's own doing led to; nothing when only time passed */
  answered: readonly BotEvent[];
  staffed: boolean;
}

/** 15:00 in Vietnam */
const CLOCK_START = Date.UTC(2026, 10, 23, 8);
const MS_BETWEEN_TURNS = 30_000;
const DAY_MS = 86_400_000;
/** Vietnam is seven hours ahead all year (IANA zone Asia/Ho_Chi_Minh). */
const VIETNAM_AHEAD_MS = 7 * 3_600_000;

/**
 * Ids are counted and the clock goes on by half a minute from turn to turn, or as the turn says: the same transcript gives
 * the same events.
 *
 * @throws Error when the language is not served, or a session does not survive being stored
 */
export function playTranscript(
  assets: Assets,
  transcript: Transcript,
  language: string,
): readonly PlayedTurn[] {
  if (!assets.languages.includes(language))
    throw new Error(`the bot does not serve the language ${language}`);
  let session = startSession(language);
  let clock = CLOCK_START - MS_BETWEEN_TURNS;
  let count = 0;
  let { staffed } = transcript;
  const newId = (): string => `m${(count += 1)}`;
  const take = (input: TurnInput, ms: number): readonly BotEvent[] => {
    const turn = takeTurn(assets, session, input, {
      now: new Date(ms),
      newId,
      staffed,
      muted: false,
      can: { audio: true, buttons: true, location: true },
    });
    session = storedAndRead(turn.session);
    return turn.events;
  };
  return transcript.turns.map((turn) => {
    staffed = turn.staffed ?? staffed;
    clock = clockAfter(turn, clock);
    const unasked: BotEvent[] = [];
    // every waiting that ends on the way; the question it leads to may wait again
    for (let until = session.waiting; until !== null && Date.parse(until) <= clock; until = session.waiting)
      unasked.push(...take({ kind: 'silence', until }, Date.parse(until)));
    const input = inputOf(turn, language);
    return { unasked, answered: input === null ? [] : take(input, clock), staffed };
  });
}

export function eventsOf(turn: PlayedTurn): readonly BotEvent[] {
  return [...turn.unasked, ...turn.answered];
}

export function saidKeys(turn: PlayedTurn): readonly string[] {
  return eventsOf(turn)
    .filter((event) => event.type === 'message_created')
    .map((event) => event.key);
}

/** What is stored is JSON: a session that does not survive it would differ in production. */
function storedAndRead(session: Session): Session {
  const stored = readSession(JSON.parse(JSON.stringify(session)));
  if (stored.kind === 'unreadable') throw new Error('the session does not survive being stored');
  return stored.session;
}

function clockAfter(turn: TranscriptTurn, clock: number): number {
  if (turn.wait !== undefined) return clock + waitMs(turn.wait);
  if (turn.at !== undefined) return nextInVietnam(turn.at, clock);
  return clock + MS_BETWEEN_TURNS;
}

/** `02:00` → the first such moment after `ms`. */
function nextInVietnam(time: string, ms: number): number {
  const [hours, minutes] = time.split(':').map(Number);
  const midnight = Math.floor((ms + VIETNAM_AHEAD_MS) / DAY_MS) * DAY_MS - VIETNAM_AHEAD_MS;
  const today = midnight + ((hours ?? 0) * 60 + (minutes ?? 0)) * 60_000;
  return today > ms ? today : today + DAY_MS;
}

function inputOf(turn: TranscriptTurn, language: string): TurnInput | null {
  if (turn.tap !== undefined) return { kind: 'choice', id: turn.tap };
  if (turn.send !== undefined)
    return {
      kind: 'attachment',
      attachment: turn.send,
      caption: textIn(turn.caption ?? '', language),
      ref: `${turn.send}-1`,
    };
  if (turn.person !== undefined)
    return { kind: 'text', text: textIn(turn.person, language), forwarded: false };
  if (turn.start !== undefined) return { kind: 'start', ref: turn.start, languageHint: null };
  return null;
}
