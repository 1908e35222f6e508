/** Microseconds of CPU per engine step: a whole visit through menu, eleven questions, a lesson and a danger message. */
import { type Assets, readSession, startSession, takeTurn, type TurnInput } from '../bot/index.ts';
import { type Figure, median } from './figure.ts';

const text = (words: string): TurnInput => ({ kind: 'text', text: words, forwarded: false });
const tap = (id: string): TurnInput => ({ kind: 'choice', id });

/** Questions answered by taps: what one step of the engine costs without reading free text. */
const QUESTIONS: readonly TurnInput[] = [
  { kind: 'start', ref: null, languageHint: null },
  tap('check'),
  tap('steps'),
  tap('skip'),
  tap('stranger-online'),
  tap('kh'),
  tap('skip'),
  tap('skip'),
  tap('before-contract'),
  tap('not-yet'),
  tap('they-keep'),
  tap('tourist'),
  tap('adult'),
  tap('later'),
  tap('menu'),
  tap('learn'),
  tap('away'),
  tap('job'),
];
const OFFER = text(
  'Tuyển gấp 20 nam nữ làm CSKH tại Campuchia, lương 25 triệu, bao ăn ở, không cần bằng cấp, công ty giữ hộ chiếu',
);
const SMALL_TALK = text('cho em hoi di nhat lam viec thi can giay to gi vay a');
const DANGER = text('cuu em voi ho giu ho chieu danh em');

const ROUNDS = 400;
const REPEATS = 7;

export function measureEngine(assets: Assets): readonly Figure[] {
  const questions = measure(() => visit(assets, QUESTIONS)) / QUESTIONS.length;
  const json = measure(() => roundTrips(assets, QUESTIONS.length)) / QUESTIONS.length;
  const one = (input: TurnInput): number => measure(() => visit(assets, [input]));
  return [
    {
      name: 'engine, a tap answered, session JSON both ways',
      value: questions,
      unit: 'µs CPU',
      target: 30,
      reference: { name: 'session JSON alone', value: json },
    },
    {
      name: 'engine, small talk with scan and routing',
      value: one(SMALL_TALK),
      unit: 'µs CPU',
      target: null,
      reference: null,
    },
    { name: 'engine, danger message', value: one(DANGER), unit: 'µs CPU', target: null, reference: null },
    {
      name: 'engine, pasted offer checked',
      value: one(OFFER),
      unit: 'µs CPU',
      target: null,
      reference: null,
    },
  ];
}

function visit(assets: Assets, inputs: readonly TurnInput[]): void {
  let stored = JSON.stringify(startSession('vi'));
  let count = 0;
  for (const input of inputs) {
    const read = readSession(JSON.parse(stored));
    if (read.kind === 'unreadable') throw new Error('unreadable session');
    const world = {
      now: new Date(1_795_000_000_000 + count * 1000),
      newId: () => String((count += 1)),
      staffed: true,
      muted: false,
      can: { audio: false, buttons: true, location: false },
    };
    const turn = takeTurn(assets, read.session, input, world);
    if (turn.events.some((event) => event.type === 'turn_failed')) throw new Error('a turn failed');
    stored = JSON.stringify(turn.session);
  }
}

/** Reference: reading and writing a session without any turn between. */
function roundTrips(_assets: Assets, count: number): void {
  let stored = JSON.stringify(startSession('vi'));
  for (let index = 0; index < count; index += 1) {
    const read = readSession(JSON.parse(stored));
    if (read.kind === 'session') stored = JSON.stringify(read.session);
  }
}

/** Median microseconds of CPU (user and system) per call. */
function measure(work: () => void): number {
  for (let index = 0; index < ROUNDS; index += 1) work();
  const runs = Array.from({ length: REPEATS }, () => {
    const before = process.cpuUsage();
    for (let index = 0; index < ROUNDS; index += 1) work();
    const used = process.cpuUsage(before);
    return (used.user + used.system) / ROUNDS;
  });
  return median(runs);
}
