/** Deliberately broken flows and texts: each is caught, with the right words, its place, and the way there. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Assets, AssetSource, Problem } from '../../../bot/index.ts';
import { readSources } from '../../support/assets.ts';
import {
  changed,
  checkAll,
  checkBeside,
  flowFile,
  mustLoad,
  withoutReleases,
  withTrial,
} from '../../support/broken-content.ts';

let sources: readonly AssetSource[];
/** the real content and the texts of the trial flows */
let assets: Assets;
beforeAll(async () => {
  sources = await readSources();
  const added = Object.values(STRUCTURE).flatMap(({ texts }) => (texts === undefined ? [] : [texts]));
  const join = (language: 'vi' | 'en'): string => added.map((texts) => texts[language]).join('');
  const sound = flowFile('  - { id: a, end: menu }');
  assets = mustLoad(withTrial(sources, sound, { vi: join('vi'), en: join('en') }));
});

const shown = ({ path, line, message, mend }: Problem): string =>
  `${path}:${line ?? '-'} ${message}. ${mend}`;

interface Broken {
  flow: string;
  texts?: { vi: string; en: string };
  /** must stand in one fault: place, message, counterexample */
  says: RegExp;
}

const ASK = '  - { id: a, ask: trial.q, exits: { one: b, two: b } }';
const END = '  - { id: b, end: menu }';
const CHOSEN = 'trial.chosen: Chung.\ntrial.chosen.three: Ba.\n';

const STRUCTURE: Readonly<Record<string, Broken>> = {
  'a tab': { flow: flowFile(`\t- { id: a, end: true }`), says: /trial\.yaml:5 .*tab.*spaces/i },
  'a key written twice': {
    flow: flowFile(`  - { id: a, end: true, end: menu }`),
    says: /trial\.yaml:5 .*unique.*keep one/i,
  },
  'an anchor bomb': {
    flow: `id: trial\nversion: 1\nstart: a\nnodes:\n  - &a { id: a, end: true }\n  - &b [${'*a, '.repeat(40)}*a]\n  - &c [${'*b, '.repeat(40)}*b]\n  - [${'*c, '.repeat(40)}*c]\n`,
    says: /trial\.yaml:- .*alias.*write the values out/i,
  },
  'an unknown kind of node': {
    flow: flowFile(`  - { id: a, shout: trial.say, exits: { done: b } }\n${END}`),
    says: /trial\.yaml:5 this node has no kind\. give it exactly one of: say ask/,
  },
  'two kinds in one node': {
    flow: flowFile(`  - { id: a, say: trial.say, ask: trial.q, exits: { done: b } }\n${END}`),
    says: /trial\.yaml:5 this node has several kinds \(say, ask\)/,
  },
  'an exit without a target': {
    flow: flowFile(`  - { id: a, say: trial.say, exits: { done: nowhere } }`),
    says: /trial\.yaml:5 a: exit "done" leads to "nowhere", which does not exist\. name a node/,
  },
  'a start that is not there': {
    flow: `id: trial\nversion: 1\nstart: z\nnodes:\n${END}\n`,
    says: /trial\.yaml:3 the start node "z" does not exist/,
  },
  'two nodes of one name': {
    flow: flowFile(`  - { id: a, end: true }\n  - { id: a, end: menu }`),
    says: /trial\.yaml:6 two nodes are called "a"\. rename one/,
  },
  'a node no exit leads to': {
    flow: flowFile(`${ASK}\n${END}\n  - { id: c, end: true }`),
    says: /trial\.yaml:7 c: no path leads here/,
  },
  'a circle without waiting': {
    flow: flowFile(
      `  - { id: a, say: trial.say, exits: { done: b } }\n  - { id: b, set: { slots: { x: null } }, exits: { done: a } }`,
      'slots: { x: text }\n',
    ),
    says: /trial\.yaml:[56] [ab]: runs in a circle without ever waiting/,
  },
  'flows that run each other': {
    flow: flowFile(`  - { id: a, subflow: trial, exits: { done: b } }\n${END}`),
    says: /trial\.yaml:- this flow calls itself through its subflows\. break the circle/,
  },
  'a subflow that is not there': {
    flow: flowFile(`  - { id: a, subflow: elsewhere, exits: { done: b } }\n${END}`),
    says: /trial\.yaml:5 a: the flow "elsewhere" does not exist/,
  },
  'an end of a subflow without an exit': {
    flow: flowFile(`  - { id: a, subflow: erase, exits: { kept: b } }\n${END}`),
    says: /trial\.yaml:5 a: the flow "erase" can end with "erased", which has no exit here\. add an exit "erased" or "done"/,
  },
  'a question that takes no answer': {
    flow: flowFile(`  - { id: a, ask: trial.say, exits: {} }`),
    says: /trial\.yaml:5 a: takes no answer at all/,
  },
  'a choice without a label': {
    flow: flowFile(`  - { id: a, ask: trial.say, exits: { maybe: b } }\n${END}`),
    says: /trial\.yaml:5 a: the choice "maybe" has no label in vi\. write choices: maybe:/,
  },
  'choices that are the same without diacritics': {
    flow: flowFile(`  - { id: a, ask: trial.same, exits: { one: b, two: b } }\n${END}`),
    texts: {
      vi: 'trial.same: { text: Bạn ở đâu?, choices: { one: Bán, two: Bàn } }\n',
      en: 'trial.same: { text: Where?, choices: { one: Here, two: There } }\n',
    },
    says: /trial\.yaml:5 a: "Bán" \(vi\) typed without diacritics is not told apart/,
  },
  'a text that is missing in one language': {
    flow: flowFile(`  - { id: a, say: trial.only, exits: { done: b } }\n${END}`),
    texts: { vi: 'trial.only: Chỉ có tiếng Việt.\n', en: '' },
    says: /trial\.yaml:5 the text "trial\.only" is missing in en\. write it in content\/messages\/en\.yaml/,
  },
  'a text chosen by a slot that is not declared': {
    flow: flowFile(`  - { id: a, say: trial.chosen, by: x, exits: { done: b } }\n${END}`),
    texts: { vi: CHOSEN, en: CHOSEN },
    says: /trial\.yaml:5 a: chooses its text by the slot "x", which is not declared\. add under slots: x: choice/,
  },
  'a text chosen by a slot that cannot choose': {
    flow: flowFile(
      `  - { id: a, say: trial.chosen, by: x, exits: { done: b } }\n${END}`,
      'slots: { x: text }\n',
    ),
    says: /trial\.yaml:6 a: chooses its text by the text "x"\. name a slot of type choice or country/,
  },
  'a text chosen among none': {
    flow: flowFile(
      `  - { id: a, say: trial.say, by: x, exits: { done: b } }\n${END}`,
      'slots: { x: choice }\n',
    ),
    says: /trial\.yaml:6 a: no text "trial\.say\.…" stands beside "trial\.say" for a value of "x"/,
  },
  'a text for a value that never comes': {
    flow: flowFile(
      `  - { id: a, ask: trial.q, slot: x, choices: [one, two], exits: { any: c } }\n  - { id: c, say: trial.chosen, by: x, exits: { done: b } }\n${END}`,
      'slots: { x: choice }\n',
    ),
    says: /trial\.yaml:7 c: the text "trial\.chosen\.three" is never said: "x" never holds "three"/,
  },
  'a chosen text that is missing in one language': {
    flow: flowFile(
      `  - { id: a, ask: trial.q, slot: x, choices: [one, two], exits: { any: c } }\n  - { id: c, say: trial.half, by: x, exits: { done: b } }\n${END}`,
      'slots: { x: choice }\n',
    ),
    texts: { vi: 'trial.half: Một nửa.\ntrial.half.one: Một.\n', en: 'trial.half: Half.\n' },
    says: /trial\.yaml:7 the text "trial\.half\.one" is missing in en/,
  },
  'a branch without else': {
    flow: flowFile(`  - { id: a, branch: $staffed, exits: { yes: b } }\n${END}`),
    says: /trial\.yaml:5 a: has no exit "else"/,
  },
  'a wait that leads nowhere': {
    flow: flowFile(`  - { id: a, ask: trial.q, wait: 10m, exits: { one: b, two: b } }\n${END}`),
    says: /trial\.yaml:5 a: waits but leads nowhere\. write both: wait: 10m and an exit "silence"/,
  },
  'a waiting time that is none': {
    flow: flowFile(`  - { id: a, ask: trial.q, wait: soon, exits: { one: b, two: b, silence: b } }\n${END}`),
    says: /trial\.yaml:5 nodes\.0\.wait: a waiting time looks like 10m, 2h or 1d/,
  },
};

const VALUES: Readonly<Record<string, Broken>> = {
  'a condition on a slot that is not declared': {
    flow: flowFile(`  - { id: a, branch: { young: slots.age < 18 }, exits: { young: b, else: b } }\n${END}`),
    says: /trial\.yaml:5 a: "slots\.age < 18" reads "age", which is not declared\. declare it under slots:/,
  },
  'a condition on a name that does not exist': {
    flow: flowFile(
      `  - { id: a, branch: { night: weather == "rain" }, exits: { night: b, else: b } }\n${END}`,
    ),
    says: /trial\.yaml:5 a: .*reads "weather", which does not exist\. use slots\.<name> or one of/,
  },
  'a condition that divides by zero': {
    flow: flowFile(
      `  - { id: a, ask: trial.number, slot: people, exits: { any: c } }\n  - { id: c, branch: { many: 'has(slots.people) && 100 / slots.people > 10' }, exits: { many: b, else: b } }\n${END}`,
      'slots: { people: number }\n',
    ),
    says: /trial\.yaml:7 c: the condition cannot always be worked out: .*division by zero\. Way there: trial → writes 0/,
  },
  'a condition on a value that may be missing': {
    flow: flowFile(
      `  - { id: a, ask: trial.number, slot: people, exits: { any: c, skip: c } }\n  - { id: c, branch: { many: slots.people > 3 }, exits: { many: b, else: b } }\n${END}`,
      'slots: { people: number }\n',
    ),
    says: /trial\.yaml:7 c: the condition cannot always be worked out: slots\.people > 3: No such key: people\. Way there: trial → "skip"/,
  },
  'a number compared with a text': {
    flow: flowFile(
      `  - { id: a, branch: { many: 'slots.people == "three"' }, exits: { many: b, else: b } }\n${END}`,
      'slots: { people: number }\n',
    ),
    says: /compares what cannot be compared \(int == string\)\. compare numbers with numbers/,
  },
  'a condition that is no question': {
    flow: flowFile(
      `  - { id: a, branch: { many: slots.people + 1 }, exits: { many: b, else: b } }\n${END}`,
      'slots: { people: number }\n',
    ),
    says: /"slots\.people \+ 1" gives int, not yes or no/,
  },
  'an expression that cannot be read': {
    flow: flowFile(`  - { id: a, branch: { many: 'staffed &&' }, exits: { many: b, else: b } }\n${END}`),
    says: /trial\.yaml:5 a: "staffed &&" cannot be read/,
  },
  'a regular expression in a condition': {
    flow: flowFile(
      `  - { id: a, branch: { many: 'has(slots.name) && slots.name.matches("(a+)+$")' }, exits: { many: b, else: b } }\n${END}`,
      'slots: { name: text }\n',
    ),
    says: /uses matches\(\), which is not allowed here/,
  },
  'a condition that never holds': {
    flow: flowFile(
      `${ASK.replace('two: b', 'two: c')}\n${END}\n  - { id: c, branch: { never: staffed && !staffed }, exits: { never: d, else: b } }\n  - { id: d, say: trial.say, exits: { done: b } }`,
    ),
    says: /trial\.yaml:8 d: nobody can ever get here: no path leads here, or its conditions never hold/,
  },
  'a circle that only some values run in': {
    flow: flowFile(
      `  - { id: a, ask: trial.number, slot: people, exits: { any: c } }\n  - { id: c, branch: { many: has(slots.people) && slots.people > 3 }, exits: { many: d, else: b } }\n  - { id: d, say: trial.say, exits: { done: c } }\n${END}`,
      'slots: { people: number }\n',
    ),
    says: /circle without ever waiting/,
  },
  'an undeclared slot': {
    flow: flowFile(`  - { id: a, ask: trial.q, slot: pet, exits: { one: b, two: b } }\n${END}`),
    says: /trial\.yaml:5 a: asks for the slot "pet", which is not declared\. add under slots: pet: text/,
  },
  'a slot of two types': {
    flow: flowFile(`${ASK}\n${END}`, 'slots: { person_country: text }\n'),
    says: /trial\.yaml:4 the slot "person_country" is text here and country in "(in-danger|numbers)"/,
  },
  'a slot with a name that texts know already': {
    flow: flowFile(`${ASK}\n${END}`, 'slots: { place: text }\n'),
    says: /trial\.yaml:4 "place" is a name that texts know already/,
  },
  'a value of another type': {
    flow: flowFile(
      `  - { id: a, set: { slots: { people: many } }, exits: { done: b } }\n${END}`,
      'slots: { people: number }\n',
    ),
    says: /trial\.yaml:6 a: puts a string into the number "people"/,
  },
  'an answer that is read but has no exit': {
    flow: flowFile(
      `  - { id: a, ask: trial.q, slot: people, exits: { one: b, two: b } }\n${END}`,
      'slots: { people: number }\n',
    ),
    says: /an answer for the number "people" has no exit\. add an exit "any"/,
  },
  'an argument that the subflow does not take': {
    flow: flowFile(`  - { id: a, subflow: thanks, with: { topic: '"x"' }, exits: { done: b } }\n${END}`),
    says: /trial\.yaml:5 a: "thanks" takes no argument "topic"/,
  },
  'a result that nobody gives': {
    flow: flowFile(
      `  - { id: a, subflow: thanks, keep: { got: mood }, exits: { done: b } }\n${END}`,
      'slots: { got: text }\n',
    ),
    says: /"thanks" gives no result "mood"/,
  },
};

/** An English question whose first label takes a list of words. */
function takes(words: string): { vi: string; en: string } {
  return {
    vi: 'trial.takes: { text: Ai?, choices: { one: Một, two: Hai } }\n',
    en: `trial.takes:\n  text: Who?\n  choices:\n    two: Two\n    one: { label: One, typed: ${words} }\n`,
  };
}

const TEXTS: Readonly<Record<string, Broken>> = {
  'a promise': {
    flow: flowFile(`  - { id: a, say: trial.hope, exits: { done: b } }\n${END}`),
    texts: { vi: 'trial.hope: Yên tâm nhé.\n', en: 'trial.hope: The police will rescue you.\n' },
    says: /content\/messages\/en\.yaml:\d+ trial\.hope: says "will rescue you"/,
  },
  'a word that betrays in quiet mode': {
    flow: flowFile(
      `  - { id: a, set: { mode: quiet }, exits: { done: c } }\n  - { id: c, ask: trial.loud, exits: { one: d, other: d } }\n  - { id: d, set: { mode: normal }, exits: { done: b } }\n${END}`,
    ),
    texts: {
      vi: 'trial.loud: { text: Ok bạn., quiet: Công an sắp tới rồi., choices: { one: Rồi } }\n',
      en: 'trial.loud: { text: OK., quiet: OK., choices: { one: Done } }\n',
    },
    says: /content\/messages\/vi\.yaml:\d+ trial\.loud: says "công an" in quiet mode/,
  },
  'a number in quiet mode': {
    flow: flowFile(
      `  - { id: a, set: { mode: quiet }, exits: { done: c } }\n  - { id: c, ask: trial.loud, exits: { one: d, other: d } }\n  - { id: d, set: { mode: normal }, exits: { done: b } }\n${END}`,
    ),
    texts: {
      vi: 'trial.loud: { text: Ok bạn., quiet: Ok bạn., choices: { one: Rồi } }\n',
      en: 'trial.loud: { text: OK., quiet: "Dial [[vn-113]].", choices: { one: Done } }\n',
    },
    says: /content\/messages\/en\.yaml:\d+ trial\.loud: says "113" in quiet mode/,
  },
  'a short number for somebody abroad': {
    flow: flowFile(
      `  - { id: a, branch: $place, exits: { abroad: c, else: b } }\n  - { id: c, say: trial.short, exits: { done: b } }\n${END}`,
      'slots: { person_country: country }\n',
    ),
    texts: {
      vi: 'trial.short: "Bạn gọi [[vn-113]] ngay."\n',
      en: 'trial.short: "Call [[vn-113]] now."\n',
    },
    says: /content\/messages\/vi\.yaml:\d+ trial\.short: offers a short number to somebody abroad/,
  },
  'a held number': {
    flow: flowFile(`  - { id: a, say: trial.held, exits: { done: b } }\n${END}`),
    texts: { vi: 'trial.held: "Gọi [[no-such-number]]."\n', en: 'trial.held: "Call [[no-such-number]]."\n' },
    says: /content\/messages\/vi\.yaml:\d+ trial\.held: \[\[no-such-number\]\] is no fact of the register, and no number that may be shown/,
  },
  'a handover that says the same day and night': {
    flow: flowFile(`  - { id: a, handover: flow, say: trial.say, exits: { done: b } }\n${END}`),
    says: /trial\.say: says the same whether somebody is on duty or not\. write \{staffed, select/,
  },
  'a handover without a number at night': {
    flow: flowFile(`  - { id: a, handover: flow, say: trial.night, exits: { done: b } }\n${END}`),
    texts: {
      vi: 'trial.night: "{staffed, select, yes {Đã báo.} other {Chưa có ai trực.}}"\n',
      en: 'trial.night: "{staffed, select, yes {Told.} other {Nobody is there.}}"\n',
    },
    says: /trial\.night: gives no number when nobody is on duty/,
  },
  'a label that takes the words for the numbers': {
    flow: flowFile(`  - { id: a, ask: trial.takes, exits: { one: b, two: b } }\n${END}`),
    texts: takes('NUMBER_WORDS'),
    says: /trial\.yaml:5 trial\.a \(en\): no number can be asked for\. Way there: trial/,
  },
  'labels that take every word that works everywhere': {
    flow: flowFile(
      `  - { id: a, ask: trial.takes, exits: { one: c, two: c } }\n  - { id: c, ask: trial.takes, exits: { one: b, two: b } }\n${END}`,
    ),
    texts: takes('ALL_WORDS'),
    says: /trial\.yaml:5 trial\.a \(en\): no person can be asked for\. Way there: trial/,
  },
  'a text that falls into many messages': {
    flow: flowFile(`  - { id: a, say: trial.long, exits: { done: b } }\n${END}`),
    texts: { vi: `trial.long: ${'Dài lắm. '.repeat(900)}\n`, en: 'trial.long: Short.\n' },
    says: /content\/messages\/vi\.yaml:\d+ trial\.long: on \w+: falls into \d+ messages/,
  },
  'a translation with other placeholders': {
    flow: flowFile(`  - { id: a, say: trial.filled, exits: { done: b } }\n${END}`),
    texts: { vi: 'trial.filled: Còn {days} ngày.\n', en: 'trial.filled: Some {hours} left.\n' },
    says: /content\/messages\/en\.yaml:\d+ trial\.filled: placeholders differ \(days, hours\)\. use the same ones/,
  },
  'a recording that is missing': {
    flow: flowFile(`  - { id: a, say: trial.voice, exits: { done: b } }\n${END}`),
    texts: {
      vi: 'trial.voice: { text: Nghe nhé., audio: trial.voice.ogg }\n',
      en: 'trial.voice: Listen.\n',
    },
    says: /content\/messages\/vi\.yaml:\d+ trial\.voice: the recording content\/audio\/vi\/trial\.voice\.ogg is missing/,
  },
};

const CommandsSchema = z.record(
  z.string(),
  z.looseObject({ exact: z.record(z.string(), z.array(z.string())) }),
);

/** English words that work everywhere: of one command, or of all. */
function wordsOf(all: readonly AssetSource[], command: string | null): string {
  const text = all.find(({ path }) => path === 'content/commands.yaml')?.text ?? '';
  const commands = Object.entries(CommandsSchema.parse(parse(text)));
  const wanted = commands.filter(([name]) => command === null || name === command);
  return JSON.stringify(wanted.flatMap(([, { exact }]) => exact['en'] ?? []));
}

describe('a broken flow is caught with its place, what to do, and the way there', () => {
  it.each(Object.entries({ ...STRUCTURE, ...VALUES }))('%s', (_what, { flow, says }) => {
    expect(checkBeside(assets, flow).map(shown)).toContainEqual(expect.stringMatching(says));
  });

  it.each(Object.entries(TEXTS))('%s', (_what, { flow, texts, says }) => {
    const en = texts?.en
      .replace('NUMBER_WORDS', wordsOf(sources, 'numbers'))
      .replace('ALL_WORDS', wordsOf(sources, null));
    const added = texts === undefined ? {} : { vi: texts.vi, en: en ?? '' };
    const problems = checkAll(withTrial(sources, flow, added));
    expect(problems.map(shown)).toContainEqual(expect.stringMatching(says));
  });

  it('says nothing of a flow that is in order', () => {
    const flow = flowFile(
      `  - { id: a, ask: trial.number, slot: people, exits: { any: c, skip: c } }\n  - { id: c, branch: { many: has(slots.people) && slots.people > 3 }, exits: { many: d, else: b } }\n  - { id: d, handover: flow, say: trial.hand, exits: { done: b } }\n${END}`,
      'slots: { people: { type: number, min: 1, max: 60 } }\n',
    );
    expect(checkBeside(assets, flow).map(shown)).toEqual([]);
  });

  it('tells all faults at once, not only the first', () => {
    const flow = flowFile(
      `  - { id: a, ask: trial.q, slot: pet, exits: { one: nowhere, two: b } }\n  - { id: b, branch: { x: slots.y == 1 }, exits: { x: c } }\n  - { id: c, shout: loud }`,
    );
    const lines = checkBeside(assets, flow).map(({ line }) => line);
    expect(new Set(lines).size).toBeGreaterThanOrEqual(2);
  });
});

describe('broken content is caught too', () => {
  it('a file of 5 MB', () => {
    const problems = checkAll(changed(sources, { 'flows/trial.yaml': `# ${'x'.repeat(5_000_000)}` }));
    expect(problems.map(shown)).toContainEqual(
      expect.stringMatching(/trial\.yaml:- the file is larger than 2 MB\. split it/),
    );
  });

  it('a language that is served without texts', () => {
    const problems = checkAll(changed(sources, { 'content/messages/en.yaml': null }));
    expect(problems.map(shown)).toContainEqual(
      expect.stringMatching(/content\/messages\/en\.yaml:- the language en is served but has no texts/),
    );
  });

  it('a number past its check date', () => {
    const problems = checkAll(withoutReleases(sources), new Date('2028-01-01T00:00:00Z'));
    expect(problems.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/system\.failed: shows \[\[vn-113\]\], which may not be shown any more/),
    );
  });

  it('a released version that was changed', () => {
    const problems = checkAll(
      changed(sources, { 'flows/thanks.yaml': (text) => text.replace('end: true', 'end: menu') }),
    );
    expect(problems.map(shown)).toContainEqual(
      expect.stringMatching(
        /flows\/thanks\.yaml:\d+ changed since it was released as version 1\. raise version: to 2/,
      ),
    );
  });

  it('a new version that says nothing of the people in the old one', () => {
    const problems = checkAll(
      changed(sources, { 'flows/thanks.yaml': (text) => text.replace('version: 1', 'version: 2') }),
    );
    expect(problems.map(shown)).toContainEqual(
      expect.stringMatching(/flows\/thanks\.yaml:\d+ nothing says where people go who stand in version 1/),
    );
  });

  it('a question that was taken away under the people who stand there', () => {
    const rename = (text: string): string =>
      text
        .replace('version: 1', 'version: 2\nmigrations: [{ from: 1 }]')
        .replace('{ id: confirm,', '{ id: sure,')
        .replace('start: confirm', 'start: sure');
    const problems = checkAll(changed(sources, { 'flows/erase.yaml': rename }));
    expect(problems.map(shown)).toContainEqual(
      expect.stringMatching(
        /flows\/erase\.yaml:\d+ people who wait at "confirm" of version 1 have nowhere to go/,
      ),
    );
  });

  it('a language without its lists of words', () => {
    const without = (text: string): string => text.replace(/\n {2}en:\s*\[[^\]]*\]\n(?=\n# At)/, '\n');
    const problems = checkAll(changed(sources, { 'content/wording.yaml': without }));
    expect(problems.map(shown)).toContainEqual(
      expect.stringMatching(/content\/wording\.yaml:- betraying has no list for en/),
    );
  });
});
