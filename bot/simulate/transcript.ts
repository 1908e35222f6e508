/** A run of the simulator as a transcript test: what was done, which texts came back, what was decided. */
import type { BotEvent } from '../engine/events.ts';
import type { TurnInput } from '../engine/world.ts';
import type { SimulatorStep } from './simulator.ts';

/** One turn as it stands in test/transcripts/*.yaml. */
export interface TranscriptTurn {
  person?: string;
  tap?: string;
  send?: string;
  caption?: string;
  start?: string | null;
  wait?: string;
  /** from this turn on */
  staffed?: boolean;
  bot: readonly string[];
  events?: readonly string[];
}

export interface TranscriptFile {
  title: string;
  language: string;
  staffed: boolean;
  turns: readonly TranscriptTurn[];
}

export type Transcribed =
  | { kind: 'transcript'; file: TranscriptFile }
  /** the run holds something a person cannot do (a jump, a slot set by hand) */
  | { kind: 'refused'; why: string };

/** Only what people do can be played again: a run with jumps is no story. */
export function transcribe(steps: readonly SimulatorStep[], title: string, language: string): Transcribed {
  const first = steps[0];
  if (first === undefined) return { kind: 'refused', why: 'nothing was said yet' };
  const byHand = steps.some(
    ({ input, events }) => input === null && events.some(({ type }) => type !== 'language_changed'),
  );
  if (byHand)
    return { kind: 'refused', why: 'this run has a /goto or /set in it: a transcript tells what people do' };
  const turns: TranscriptTurn[] = [];
  let { staffed } = first;
  let before = first.now;
  for (const step of steps) {
    const passedMs = step.now.getTime() - before.getTime();
    const duty = step.staffed === staffed ? {} : { staffed: step.staffed };
    if (step.input !== null) turns.push({ ...duty, ...turnOf(step.input, step.events, passedMs) });
    // nothing came of it, but what comes later comes later
    else if (passedMs > 0) turns.push({ ...duty, wait: inMinutes(passedMs), bot: [] });
    else continue;
    ({ staffed } = step);
    before = step.now;
  }
  return { kind: 'transcript', file: { title, language, staffed: first.staffed, turns } };
}

const MINUTE_MS = 60_000;

function inMinutes(ms: number): string {
  return `${Math.ceil(ms / MINUTE_MS)}m`;
}

function turnOf(input: TurnInput, events: readonly BotEvent[], passedMs: number): TranscriptTurn {
  const bot = events.flatMap((event) => (event.type === 'message_created' ? [event.key] : []));
  const decided = [...new Set(events.map(({ type }) => type))].filter((type) => TOLD.includes(type));
  const more = decided.length === 0 ? {} : { events: decided };
  switch (input.kind) {
    case 'text':
      return { person: input.text, bot, ...more };
    case 'choice':
      return { tap: input.id, bot, ...more };
    case 'start':
      return { start: input.ref, bot, ...more };
    case 'attachment':
      return {
        send: input.attachment,
        ...(input.caption === '' ? {} : { caption: input.caption }),
        bot,
        ...more,
      };
    case 'silence':
    // the desk's own doings are no line of a story: time passes, and something is said
    case 'tell':
    case 'enter':
      return { wait: inMinutes(passedMs), bot, ...more };
  }
}

/** Decisions worth reading in a test; where the flow went stands in the texts. */
const TOLD: readonly BotEvent['type'][] = [
  'danger_raised',
  'danger_cleared',
  'handover_requested',
  'offer_checked',
  'lesson_finished',
  'mode_changed',
  'language_changed',
  'erase_requested',
  'flow_ended',
  'session_ended',
];
