/** What the proof promises holds in the engine, whatever is done: on the real flows, and on flows made at random. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Assets, prove, readFlowBeside } from '../../../bot/index.ts';
import { explore } from '../../../bot/proof/explore.ts';
import { loadRealAssets, readSources } from '../../support/assets.ts';
import { changed, errorsOf, mustLoad, TODAY, withTrial } from '../../support/broken-content.ts';
import { dice, placeName, type Talk, talkIn } from '../../support/random-talk.ts';

const RUNS_PER_FLOW = 10_000;
const MOST_INPUTS = 7;

const FLOWS = [
  'welcome',
  'check-offer',
  'in-danger',
  'are-you-safe',
  'learn',
  'learn-away',
  'learn-near',
  'learn-love',
  'learn-school',
  'learn-money',
  'learn-journey',
  'numbers',
  'talk-to-a-person',
  'erase',
  'privacy',
  'thanks',
  'coming-back',
  'declaration-form',
  'entitlements',
  'families',
  'find-province',
  'offer-guide',
  'offer-guides',
  'offer-kinds',
  'officer-course',
  'what-changed',
] as const;

/** Plays one conversation and says what went against the promises, or null. */
function playAtRandom(talk: Talk, seed: number, known: ReadonlySet<string> | null): string | null {
  const throwDice = dice(seed);
  const inputs = 1 + throwDice(MOST_INPUTS);
  for (let index = 0; index < inputs; index += 1) {
    const input = talk.choose(throwDice);
    const events = talk.take(input);
    if (events.some(({ type }) => type === 'turn_failed')) return `failed after ${talk.done()}`;
    if (input.kind !== 'silence' && !events.some(({ type }) => type === 'message_created'))
      return `no answer after ${talk.done()}`;
    const { place: stack, mode } = talk.session();
    const place = placeName(stack, mode);
    if (known !== null && !known.has(place)) return `${place} was never explored: ${talk.done()}`;
  }
  return reachesAPerson(talk) ? null : `no person within two inputs after ${talk.done()}`;
}

/** As the proof says: the word for a person, at once or after the word that ends everything. */
function reachesAPerson(talk: Talk): boolean {
  return ['người', 'người'].some((text) =>
    talk.take({ kind: 'text', text, forwarded: false }).some(({ type }) => type === 'handover_requested'),
  );
}

describe('the real flows', () => {
  let assets: Assets;
  let known: ReadonlySet<string>;
  beforeAll(async () => {
    assets = await loadRealAssets();
    known = new Set(
      [...explore(assets).places.values()].map(({ state }) => placeName(state.stack, state.mode)),
    );
  });

  it('are all played', () => {
    expect([...assets.flows.keys()].sort()).toEqual([...FLOWS].sort());
  });

  it.each(FLOWS)(
    '%s: 10,000 conversations never fail, always answer, stay where the proof has been, and reach a person',
    (flow) => {
      for (let run = 0; run < RUNS_PER_FLOW; run += 1) {
        const talk = talkIn(assets, flow, {
          language: run % 2 === 0 ? 'vi' : 'en',
          staffed: run % 3 === 0,
        });
        expect(playAtRandom(talk, run, known)).toBeNull();
      }
    },
    120_000,
  );
});

/** A few small flows in the place of the real ones, so that a proof takes milliseconds. */
const SMALL: Readonly<Record<string, string | null>> = {
  'flows/learn-away.yaml': null,
  'flows/learn-near.yaml': null,
  'flows/learn-love.yaml': null,
  'flows/learn-school.yaml': null,
  'flows/learn-money.yaml': null,
  'flows/learn-journey.yaml': null,
  'flows/officer-course.yaml': null,
  'flows/what-changed.yaml': null,
  'flows/offer-guides.yaml': null,
  'flows/offer-guide.yaml': null,
  'flows/offer-kinds.yaml': null,
  'flows/declaration-form.yaml': null,
  'flows/entitlements.yaml': null,
  'flows/find-province.yaml': null,
  'flows/coming-back.yaml': 'id: coming-back\nversion: 1\nstart: over\nnodes:\n  - { id: over, end: menu }\n',
  'content/routes.yaml': [
    'routes:',
    '  - { flow: numbers, phrases: { vi: [các số gọi], en: [which numbers] } }',
    '  - { flow: in-danger, node: about-missing, phrases: { vi: [không thấy về], en: [not back yet] } }',
    '  - { flow: in-danger, node: about-ransom, phrases: { vi: [họ đòi chuộc], en: [they want money] } }',
    '  - { flow: in-danger, node: about-marriage, phrases: { vi: [lấy chồng xa], en: [married far away] } }',
    '  - { flow: in-danger, node: about-relative, phrases: { vi: [lo cho chị], en: [fear for her] } }',
    '',
  ].join('\n'),
  // phrases of intents lead to nodes that the small flows do not have
  'content/intents/checking.yaml': null,
  'content/intents/coming-back.yaml': null,
  'content/intents/danger.yaml': null,
  'content/intents/dialogue.yaml': null,
  'content/intents/getting-out.yaml': null,
  'content/intents/knowledge.yaml': null,
  'content/intents/report-and-search.yaml': null,
  'flows/check-offer.yaml':
    'id: check-offer\nversion: 1\nstart: how\nslots: { offer_text: text }\nnodes:\n  - { id: how, ask: check-offer.how, slot: offer_text, exits: { steps: over, name: over, other: over } }\n  - { id: over, end: menu }\n',
  'flows/learn.yaml': 'id: learn\nversion: 1\nstart: over\nnodes:\n  - { id: over, end: menu }\n',
  'flows/numbers.yaml':
    'id: numbers\nversion: 1\nstart: list\nnodes:\n  - { id: list, say: numbers.list, exits: { done: over } }\n  - { id: over, end: menu }\n',
};

const id = (index: number): string => `n${index}`;
const QUOTE = "'";

/** Any flow of up to eight nodes; many of them are broken, which is for the checker to say. */
const flowArbitrary = fc.integer({ min: 2, max: 8 }).chain((size) => {
  const target = fc.integer({ min: 0, max: size }).map((at) => (at === size ? 'over' : id(at)));
  const condition = fc.constantFrom(
    'has(slots.people) && slots.people > 3',
    'has(slots.people) && slots.people == 5',
    'has(slots.kind) && slots.kind == "one"',
    'staffed',
    'place == "abroad"',
    'has(slots.seen) && slots.seen',
    'slots.people > 3',
    'has(slots.people) && 10 / slots.people > 2',
  );
  const body = fc.oneof(
    fc.record({ done: target }).map(({ done }) => `say: trial.say, exits: { done: ${done} }`),
    fc
      .record({ one: target, two: target })
      .map(({ one, two }) => `ask: trial.q, slot: kind, exits: { one: ${one}, two: ${two} }`),
    fc
      .record({ any: target, skip: target })
      .map(({ any, skip }) => `ask: trial.number, slot: people, exits: { any: ${any}, skip: ${skip} }`),
    fc
      .record({ any: target, silence: target })
      .map(
        ({ any, silence }) =>
          `ask: trial.number, slot: people, wait: 10m, exits: { any: ${any}, silence: ${silence} }`,
      ),
    fc
      .record({ when: condition, yes: target, no: target })
      .map(
        ({ when, yes, no }) =>
          `branch: { yes: ${QUOTE}${when}${QUOTE} }, exits: { yes: ${yes}, else: ${no} }`,
      ),
    fc
      .record({
        done: target,
        value: fc.constantFrom('people: 5', 'people: null', 'seen: true', 'kind: null'),
      })
      .map(({ done, value }) => `set: { slots: { ${value} } }, exits: { done: ${done} }`),
    fc
      .record({ a: target, b: target, pick: fc.constantFrom('rotate', 'random') })
      .map(({ a, b, pick }) => `pick: ${pick}, exits: { a: ${a}, b: ${b} }`),
    fc.record({ done: target }).map(({ done }) => `subflow: thanks, exits: { done: ${done} }`),
    fc
      .record({ done: target })
      .map(({ done }) => `handover: flow, say: trial.hand, exits: { done: ${done} }`),
  );
  return fc
    .array(body, { minLength: size, maxLength: size })
    .map((bodies) =>
      [
        'id: trial',
        'version: 1',
        'start: n0',
        'slots: { kind: choice, people: { type: number, min: 0, max: 99 }, seen: flag }',
        'nodes:',
        ...bodies.map((text, index) => `  - { id: ${id(index)}, ${text} }`),
        '  - { id: over, end: menu }',
        '',
      ].join('\n'),
    );
});

describe('flows made at random', () => {
  it('that the checker accepts never fail, always answer, and lead to a person', async () => {
    const sound = 'id: trial\nversion: 1\nstart: a\nnodes:\n  - { id: a, end: menu }\n';
    const small = mustLoad(changed(withTrial(await readSources(), sound), SMALL));
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(flowArbitrary, fc.integer({ min: 0, max: 1_000_000 }), (text, seed) => {
        const { assets, problems } = readFlowBeside(small, { path: 'flows/trial.yaml', text });
        const accepted = assets === null ? null : withoutUnreached(assets, problems.length);
        if (accepted === null) {
          seen.refused += 1;
          return;
        }
        seen.accepted += 1;
        for (let run = 0; run < 20; run += 1)
          expect(
            playAtRandom(
              talkIn(accepted, 'trial', { language: 'vi', staffed: run % 2 === 0 }),
              seed + run,
              null,
            ),
          ).toBeNull();
      }),
      { numRuns: 400, seed: 20261125 },
    );
    expect(seen.accepted).toBeGreaterThan(20);
    expect(seen.refused).toBeGreaterThan(100);
  }, 120_000);
});

/** The proof's word on it; a node of the small stand-ins that nobody reaches is no fault of the trial flow. */
function withoutUnreached(assets: Assets, faults: number): Assets | null {
  if (faults > 0) return null;
  const problems = errorsOf(prove(assets, { now: TODAY, channels: [] }).problems);
  return problems.length === 0 ? assets : null;
}
