/** The examples of docs/flow-language.md: small whole flows, one for each kind of node, checked and run before they are shown. */
import type { AssetSource, NodeKind, TurnInput } from '../../bot/index.ts';

export interface Example {
  /** the flow it shows, as it would stand in `flows/` */
  flow: string;
  /** further flows it needs, by file name below `flows/` */
  others?: Readonly<Record<string, string>>;
  /** what it says, by message key */
  texts: Readonly<Record<string, ExampleText>>;
  /** what a person does after it has begun */
  inputs: readonly TurnInput[];
}

/** A text, or a text and the labels of its choices. */
type Words = string | { text: string; choices: Readonly<Record<string, string>> };
interface ExampleText {
  vi: Words;
  en: Words;
}

const tap = (id: string): TurnInput => ({ kind: 'choice', id });
const write = (text: string): TurnInput => ({ kind: 'text', text, forwarded: false });

export const EXAMPLES: Readonly<Record<NodeKind, Example>> = {
  say: {
    flow: `id: example-say
version: 1
start: hello
nodes:
  - { id: hello, say: [example-say.hello, example-say.more], exits: { done: over } }
  - { id: over, end: true }
`,
    texts: {
      'example-say.hello': { vi: 'Chào bạn.', en: 'Hello.' },
      'example-say.more': {
        vi: 'Trước khi đi, bạn để lại địa chỉ cho một người mình tin nhé.',
        en: 'Before you go, leave the address with somebody you trust.',
      },
    },
    inputs: [],
  },
  ask: {
    flow: `id: example-ask
version: 1
start: told
slots:
  example_age: { type: number, min: 10, max: 99 }
nodes:
  # choices: the exits are the buttons
  - { id: told, ask: example-ask.told, exits: { yes: age, no: age, skip: over } }
  # an answer that is read, and a time after which it goes on without one
  - { id: age, ask: example-ask.age, slot: example_age, wait: 10m, exits: { any: thanks, skip: over, silence: later } }
  - { id: thanks, say: example-ask.thanks, exits: { done: over } }
  - { id: later, say: example-ask.later, exits: { done: over } }
  - { id: over, end: true }
`,
    texts: {
      'example-ask.told': {
        vi: { text: 'Đã có ai biết bạn đi đâu chưa?', choices: { yes: 'Có rồi', no: 'Chưa' } },
        en: { text: 'Does anybody know where you are going?', choices: { yes: 'Yes', no: 'Not yet' } },
      },
      'example-ask.age': { vi: 'Bạn bao nhiêu tuổi?', en: 'How old are you?' },
      'example-ask.thanks': { vi: 'Cảm ơn bạn.', en: 'Thank you.' },
      'example-ask.later': { vi: 'Bạn trả lời lúc nào cũng được.', en: 'You can answer whenever you like.' },
    },
    inputs: [tap('no'), write('mười chín tuổi')],
  },
  branch: {
    flow: `id: example-branch
version: 1
start: age
slots: { example_age: { type: number, min: 10, max: 99 } }
nodes:
  - { id: age, ask: example-branch.age, slot: example_age, exits: { any: decide, skip: decide } }
  - id: decide
    branch:
      child: has(slots.example_age) && slots.example_age < 18
      night: has(slots.example_age) && (hour >= 22 || hour < 6)
    exits: { child: on-duty, night: on-duty, else: over }
  - { id: on-duty, branch: $staffed, exits: { yes: now, else: over } }
  - { id: now, say: example-branch.now, exits: { done: over } }
  - { id: over, end: true }
`,
    texts: {
      'example-branch.age': { vi: 'Bạn bao nhiêu tuổi?', en: 'How old are you?' },
      'example-branch.now': { vi: 'Lúc này có người tư vấn trực.', en: 'A counsellor is on duty now.' },
    },
    inputs: [write('16')],
  },
  set: {
    flow: `id: example-set
version: 1
start: age
slots: { example_age: { type: number, min: 10, max: 99 }, example_next: number, example_asked: flag }
nodes:
  - { id: age, ask: example-set.age, slot: example_age, exits: { any: keep, skip: keep } }
  - id: keep
    set:
      slots: { example_asked: true }
      compute: { example_next: slots.example_age + 1 }
    exits: { done: forget }
  - { id: forget, set: { slots: { example_age: null } }, exits: { done: over } }
  - { id: over, end: true }
`,
    texts: { 'example-set.age': { vi: 'Bạn bao nhiêu tuổi?', en: 'How old are you?' } },
    inputs: [write('19')],
  },
  check: {
    flow: `id: example-check
version: 1
start: name
slots: { offer_agency: text, offer_level: choice, offer_summary: text }
nodes:
  - { id: name, ask: example-check.name, slot: offer_agency, exits: { other: look-up, skip: over } }
  - { id: look-up, check: agency, exits: { verify: over, caution: over, danger: human } }
  - { id: human, subflow: talk-to-a-person, exits: { done: over } }
  - { id: over, end: true }
`,
    texts: { 'example-check.name': { vi: 'Công ty tên gì?', en: 'What is the company called?' } },
    inputs: [write('Công ty Cổ phần Ví Dụ Không Có Thật')],
  },
  lesson: {
    flow: `id: example-lesson
version: 1
start: papers
nodes:
  - { id: papers, lesson: papers-and-deposit, exits: { done: over } }
  - { id: over, end: true }
`,
    texts: {},
    inputs: [write('c')],
  },
  pick: {
    flow: `id: example-pick
version: 1
start: tip
nodes:
  - { id: tip, pick: rotate, exits: { papers: papers, money: money } }
  - { id: papers, say: example-pick.papers, exits: { done: over } }
  - { id: money, say: example-pick.money, exits: { done: over } }
  - { id: over, end: true }
`,
    texts: {
      'example-pick.papers': {
        vi: 'Giấy tờ gốc luôn ở trong tay bạn.',
        en: 'Your original papers stay in your own hands.',
      },
      'example-pick.money': {
        vi: 'Trả tiền gì cũng lấy biên lai nhé.',
        en: 'Whatever you pay for, ask for a receipt.',
      },
    },
    inputs: [],
  },
  resume: {
    flow: `id: example-resume
version: 1
start: go-on
nodes:
  - { id: go-on, resume: true, exits: { none: nothing } }
  - { id: nothing, say: example-resume.nothing, exits: { done: over } }
  - { id: over, end: menu }
`,
    texts: {
      'example-resume.nothing': { vi: 'Không có gì đang dở.', en: 'Nothing was left half-way.' },
    },
    inputs: [],
  },
  subflow: {
    flow: `id: example-subflow
version: 1
start: work
slots: { example_work: text, example_sure: choice }
nodes:
  - { id: work, ask: example-subflow.work, slot: example_work, exits: { other: ask, skip: over } }
  - id: ask
    subflow: example-sure
    with: { example_about: slots.example_work }
    keep: { example_sure: sure }
    exits: { done: over }
  - { id: over, end: true }
`,
    others: {
      'example-sure.yaml': `id: example-sure
version: 1
start: sure
args: { example_about: text }
slots: { example_sure: choice }
results: { sure: choice }
nodes:
  - { id: sure, ask: example-sure.sure, slot: example_sure, choices: [yes, no], exits: { any: over } }
  - { id: over, end: true, result: { sure: slots.example_sure } }
`,
    },
    texts: {
      'example-subflow.work': { vi: 'Bạn sẽ làm việc gì?', en: 'What work will you do?' },
      'example-sure.sure': {
        vi: { text: 'Họ có ghi rõ “{example_about}” trên giấy không?', choices: { yes: 'Có', no: 'Không' } },
        en: { text: 'Is “{example_about}” written on paper?', choices: { yes: 'Yes', no: 'No' } },
      },
    },
    inputs: [write('may áo'), tap('yes')],
  },
  handover: {
    flow: `id: example-handover
version: 1
start: called
nodes:
  - { id: called, handover: person_asked, say: example-handover.called, exits: { done: over } }
  - { id: over, end: true }
`,
    texts: {
      'example-handover.called': {
        vi: '{staffed, select, yes {Người tư vấn sẽ trả lời bạn ở đây.} other {Lúc này chưa có người trực. {shortNumbers}}}',
        en: '{staffed, select, yes {A counsellor will answer you here.} other {Nobody is on duty right now. {shortNumbers}}}',
      },
    },
    inputs: [],
  },
  end: {
    flow: `id: example-end
version: 1
start: sure
results: { kept: flag }
nodes:
  - { id: sure, ask: example-end.sure, exits: { yes: gone, no: stayed } }
  - { id: gone, end: erased, erase: true }
  - { id: stayed, end: menu, result: { kept: 'true' } }
`,
    texts: {
      'example-end.sure': {
        vi: { text: 'Xóa hết chuyện mình đã nói nhé?', choices: { yes: 'Xóa hết', no: 'Giữ lại' } },
        en: { text: 'Delete everything we said?', choices: { yes: 'Delete it', no: 'Keep it' } },
      },
    },
    inputs: [tap('yes')],
  },
};

/** A released version and the one after it. */
export const MIGRATION_EXAMPLE = {
  released: `id: example-migration
version: 1
start: who
slots: { example_who: text }
nodes:
  - { id: who, ask: example-migration.who, slot: example_who, exits: { other: sure, skip: sure } }
  - { id: sure, ask: example-migration.sure, exits: { other: over } }
  - { id: over, end: true }
`,
  today: `id: example-migration
version: 2
start: contact
slots: { example_contact: text }
migrations:
  - from: 1
    # the question was renamed; the other one is gone, and nothing takes its place
    nodes: { who: contact, sure: null }
    slots: { example_who: example_contact }
nodes:
  - { id: contact, ask: example-migration.who, slot: example_contact, exits: { other: over, skip: over } }
  - { id: over, end: true }
`,
  texts: {
    'example-migration.who': { vi: 'Ai đón bạn ở đó?', en: 'Who meets you there?' },
    'example-migration.sure': { vi: 'Bạn có chắc không?', en: 'Are you sure?' },
  } satisfies Readonly<Record<string, ExampleText>>,
} as const;

/** What somebody writes to begin an example; nothing else is written like it. */
export function phraseOf(kind: NodeKind): string {
  return `zzexample ${kind}`;
}

/** @returns the content with all examples in it, as if they stood in flows/ and content/ */
export function withExamples(sources: readonly AssetSource[]): readonly AssetSource[] {
  const examples = Object.entries(EXAMPLES);
  const flows = [
    ...examples.flatMap(([kind, { flow, others }]) => [
      { path: `flows/example-${kind}.yaml`, text: flow },
      ...Object.entries(others ?? {}).map(([name, text]) => ({ path: `flows/${name}`, text })),
    ]),
    { path: 'flows/example-migration.yaml', text: MIGRATION_EXAMPLE.today },
    { path: 'flows/released/example-migration.1.yaml', text: MIGRATION_EXAMPLE.released },
  ];
  const texts = Object.fromEntries(
    [MIGRATION_EXAMPLE.texts, ...examples.map(([, example]) => example.texts)].flatMap((own) =>
      Object.entries(own),
    ),
  );
  return [...sources.map((source) => extend(source, texts, Object.keys(EXAMPLES))), ...flows];
}

function extend(
  { path, text }: AssetSource,
  texts: Readonly<Record<string, ExampleText>>,
  kinds: readonly string[],
): AssetSource {
  if (path === 'content/routes.yaml') {
    const routes = kinds.map((kind) => `  - { flow: example-${kind}, phrases: { en: [zzexample ${kind}] } }`);
    return { path, text: `${text.trimEnd()}\n${routes.join('\n')}\n` };
  }
  const language = /^content\/messages\/(vi|en)\.yaml$/.exec(path)?.[1];
  if (language !== 'vi' && language !== 'en') return { path, text };
  const entries = Object.entries(texts).map(([key, words]) => `${key}: ${JSON.stringify(words[language])}`);
  return { path, text: `${text.trimEnd()}\n${entries.join('\n')}\n` };
}
