/** Flows to draw in tests: all real ones, and one of every kind with hostile texts. */
import { type Assets, type Flow, loadAssets } from '../../../bot/index.ts';
import type { DrawOptions } from '../../../server/flow-drawing/picture.ts';
import { readSources } from '../../support/assets.ts';

export const HOSTILE = `</text><script>alert("x")</script>&amp; ]]> 'a' \u0007 #quot; \`b\`\n| c | --> "d" \ud800`;

const EVERY_KIND = `id: every-kind
version: 3
start: say
slots: { age: { type: number, min: 1, max: 99 }, note: text, offer_level: choice, offer_summary: text }
args: { about: text }
results: { told: flag }
nodes:
  - { id: say, say: every-kind.hostile, exits: { done: ask } }
  - { id: ask, ask: every-kind.hostile, slot: age, wait: 10m, exits: { any: branch, other: ask, skip: pick, silence: handover } }
  - { id: branch, branch: { young: 'has(slots.age) && slots.age < 18', named: 'args.about == "<b>&"' }, exits: { young: set, named: check, else: pick } }
  - { id: set, set: { slots: { note: '<i>', age: null }, mode: quiet }, exits: { done: check } }
  - { id: check, check: offer, exits: { verify: lesson, caution: lesson, danger: handover } }
  - { id: lesson, lesson: papers-and-deposit, exits: { done: resume } }
  - { id: pick, pick: rotate, exits: { one: lesson, two: subflow } }
  - { id: resume, resume: true, exits: { none: subflow } }
  - { id: subflow, subflow: are-you-safe, exits: { done: end } }
  - { id: handover, handover: flow, say: every-kind.hostile, exits: { done: end } }
  - { id: end, end: menu, result: { told: 'true' } }
`;

/** A flow with one node of each kind, beside the real ones; the texts it names are not there. */
export async function loadEveryKind(): Promise<{ assets: Assets; flow: Flow }> {
  const messages = `every-kind.hostile: ${JSON.stringify('x')}\n`;
  const sources = (await readSources()).map(({ path, text }) =>
    path.startsWith('content/messages/') ? { path, text: `${text}\n${messages}` } : { path, text },
  );
  const result = loadAssets([...sources, { path: 'flows/every-kind.yaml', text: EVERY_KIND }]);
  const faults = result.problems.filter(({ severity }) => severity === 'error');
  if (!result.ok) throw new Error(faults.map(({ message }) => message).join('\n'));
  const flow = result.assets.flows.get('every-kind');
  if (flow === undefined) throw new Error('the flow of the test is missing');
  return { assets: result.assets, flow };
}

/** What it is drawn with when every text is hostile. */
export const HOSTILE_OPTIONS: DrawOptions = {
  language: 'vi',
  textOf: () => HOSTILE,
  lessonTitleOf: () => HOSTILE,
  entries: ['pick'],
  today: 4,
  kept: [1, 3],
};
