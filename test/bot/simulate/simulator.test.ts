/** The simulator: what a person does, what an editor changes, and what stays the same. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Assets, openSimulator, readLine, type Simulator, transcribe } from '../../../bot/index.ts';
import { readDuration, readMoment, showMoment } from '../../../bot/simulate/clock.ts';
import { loadRealAssets } from '../../support/assets.ts';

let assets: Assets;
beforeAll(async () => {
  assets = await loadRealAssets();
});

const open = (): Simulator =>
  openSimulator({
    assets,
    language: 'vi',
    staffed: true,
    can: { audio: true, buttons: true, location: true },
    now: new Date('2026-11-25T08:00:00Z'),
  });

/** Types lines as somebody in the terminal would. */
function type(simulator: Simulator, ...lines: readonly string[]): readonly string[] {
  return lines.flatMap((text) => {
    const line = readLine(text);
    const events =
      line.kind === 'input'
        ? simulator.take(line.input)
        : line.kind === 'wait'
          ? eventsOf(simulator.wait(line.time))
          : line.kind === 'goto'
            ? eventsOf(simulator.goto(line.flow, line.node))
            : [];
    return events.flatMap((event) => (event.type === 'message_created' ? [event.key] : []));
  });
}

function eventsOf(
  outcome: ReturnType<Simulator['goto']>,
): Extract<typeof outcome, { kind: 'done' }>['events'] {
  if (outcome.kind === 'refused') throw new Error(outcome.why);
  return outcome.events;
}

describe('time travel', () => {
  it('takes steps back one by one, to the very beginning', () => {
    const simulator = open();
    type(simulator, '/start');
    const before = simulator.state();
    type(simulator, '1', '2');
    expect(simulator.steps()).toHaveLength(3);
    expect([simulator.back(), simulator.back()]).toEqual([true, true]);
    expect(simulator.state()).toEqual(before);
    expect([simulator.back(), simulator.back()]).toEqual([true, false]);
  });

  it('goes to any node of any flow, and says which there are', () => {
    const simulator = open();
    expect(type(simulator, '/goto check-offer pay')).toEqual(['check-offer.pay']);
    expect(simulator.goto('nowhere', null)).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('check-offer'),
    });
    expect(simulator.goto('numbers', 'somewhere')).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('list'),
    });
  });

  it('puts values into slots by their type, and says what cannot be read', () => {
    const simulator = open();
    simulator.set('person_country', 'campuchia');
    expect(simulator.state().session.slots['person_country']).toBe('KH');
    expect(simulator.set('person_country', 'trên mây')).toMatchObject({ kind: 'refused' });
    expect(simulator.set('no_such_slot', 'x')).toMatchObject({ kind: 'refused' });
    simulator.set('person_country', '');
    expect(simulator.state().session.slots).toEqual({});
  });

  it('lets time pass: a question that waits for less goes on, once', () => {
    const simulator = open();
    type(simulator, '/start', 'gặp người thật');
    expect(type(simulator, '/wait 14m')).toEqual([]);
    expect(type(simulator, '/wait 2m')).toEqual(['talk-to-a-person.long-wait']);
    expect(type(simulator, '/wait 5h')).toEqual([]);
    expect(simulator.at('02:00')).toMatchObject({ kind: 'done' });
    expect(showMoment(simulator.state().now)).toBe('2026-11-26 02:00');
    expect(simulator.at('2020-01-01 10:00')).toMatchObject({ kind: 'refused' });
  });

  it('knows whether somebody is on duty', () => {
    const simulator = open();
    simulator.duty(false);
    expect(type(simulator, '/start', 'gặp người thật')).toContain('talk-to-a-person.wish');
  });
});

describe('the same steps', () => {
  it('give the same run, event for event', () => {
    const lines = ['/start', '1', 'tuyển cskh campuchia lương 20tr giữ hộ chiếu', '2', 'menu', 'cứu em với'];
    const [one, other] = [open(), open()];
    type(one, ...lines);
    type(other, ...lines);
    expect(JSON.stringify(one.steps())).toBe(JSON.stringify(other.steps()));
  });
});

describe('a run as a transcript', () => {
  it('tells what was done, which texts came and what was decided, with the waiting in between', () => {
    const simulator = open();
    type(simulator, '/start', 'gặp người thật', '/wait 16m');
    const result = transcribe(simulator.steps(), 'waits long', 'vi');
    expect(result).toMatchObject({
      kind: 'transcript',
      file: {
        title: 'waits long',
        staffed: true,
        turns: [
          { start: null, bot: ['welcome.hello', 'welcome.menu'] },
          { person: 'gặp người thật', events: ['handover_requested'] },
          { wait: '16m', bot: ['talk-to-a-person.long-wait'] },
        ],
      },
    });
  });

  it.each(['goto', 'set'] as const)('is refused with a /%s in it: that is no story of a person', (kind) => {
    const simulator = open();
    type(simulator, '/start');
    if (kind === 'goto') simulator.goto('numbers', null);
    else simulator.set('person_country', 'vn');
    expect(transcribe(simulator.steps(), 'x', 'vi').kind).toBe('refused');
  });

  it('is refused before anything was said', () => {
    expect(transcribe([], 'x', 'vi').kind).toBe('refused');
  });
});

describe('what is typed', () => {
  it.each([
    ['xin chào', { kind: 'input', input: { kind: 'text', text: 'xin chào', forwarded: false } }],
    ['/back', { kind: 'back' }],
    ['/goto check-offer pay', { kind: 'goto', flow: 'check-offer', node: 'pay' }],
    ['/set offer_age adult', { kind: 'set', slot: 'offer_age', value: 'adult' }],
    ['/set offer_age', { kind: 'set', slot: 'offer_age', value: '' }],
    ['/at 2026-12-24 02:00', { kind: 'at', time: '2026-12-24 02:00' }],
    ['/duty off', { kind: 'duty', staffed: false }],
    [
      '/send voice',
      { kind: 'input', input: { kind: 'attachment', attachment: 'voice', caption: '', ref: 'voice-1' } },
    ],
    [
      '/save numbers.abroad một câu chuyện',
      { kind: 'save', name: 'numbers.abroad', title: 'một câu chuyện' },
    ],
  ])('%s', (line, expected) => {
    expect(readLine(line)).toEqual(expected);
  });

  it.each(['/duty', '/goto', '/set', '/send elephant', '/save', '/', '/nope'])(
    '%s is answered with what to write',
    (line) => {
      expect(readLine(line)).toMatchObject({
        kind: 'unknown',
        why: expect.stringMatching(/write|name|lists/),
      });
    },
  );
});

describe('times', () => {
  it.each([
    ['02:00', '2026-11-26 02:00'],
    ['23:59', '2026-11-25 23:59'],
    ['2026-12-24 02:00', '2026-12-24 02:00'],
  ])('%s is %s in Vietnam', (text, shown) => {
    const moment = readMoment(text, new Date('2026-11-25T08:00:00Z'));
    expect(moment === null ? null : showMoment(moment)).toBe(shown);
  });

  it.each(['25:00', '10:77', 'noon', '2026-13-01 10:00', ''])('"%s" is none', (text) => {
    expect(readMoment(text, new Date())).toBeNull();
  });

  it.each([
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['soon', null],
  ])('%s lasts %s ms', (text, ms) => {
    expect(readDuration(text)).toBe(ms);
  });
});
