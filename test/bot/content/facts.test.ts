import { beforeAll, describe, expect, it } from '@jest/globals';
import { factText, readFacts } from '../../../bot/content/facts.ts';
import { compileMessages, type Message, type MessageMap } from '../../../bot/content/messages.ts';
import { readYaml, type YamlFile } from '../../../bot/content/yaml.ts';
import { type Assets, type Fact, inspectTexts, loadAssets, render } from '../../../bot/index.ts';
import { readSources } from '../../support/assets.ts';
import { changed, lean, mustLoad } from '../../support/broken-content.ts';

const TRIAL = 'content/registers/facts/trial.yaml';

const entry: Readonly<Record<string, string>> = {
  id: 'trial-fee',
  kind: 'fee',
  display: 'live',
  confidence: 'confirmed',
  value: '{ vi: ba con cá, en: three fish }',
  says: 'What a trial costs.',
  source: 'a book, page three',
  source_date: '2026-01-02',
  checked: '2026-11-22',
  expires: '2027-05-22',
  owner: 'editor',
  instead: '{ vi: "số luật định (hỏi [[vn-111]])", en: "what the law says (ask [[vn-111]])" }',
};

type Changes = Readonly<Record<string, string | null>>;

/** One entry of a register file; a null leaves the field out. */
function factYaml(changes: Changes = {}): string {
  const lines = Object.entries<string | null>({ ...entry, ...changes }).flatMap(([field, value]) =>
    value === null ? [] : [`${field}: ${value}`],
  );
  return `- ${lines.join('\n  ')}\n`;
}

function fileOf(text: string, path = TRIAL): YamlFile {
  const result = readYaml({ path, text });
  if (!result.ok) throw new Error('the test file is no YAML');
  return result.file;
}

interface Trial {
  facts: ReadonlyMap<string, Fact>;
  messages: MessageMap;
  message: Message;
}

/** One fact, and one text about it in `language`. */
function trial(changes: Changes, text: string, language = 'vi'): Trial {
  const { facts, problems } = readFacts([fileOf(factYaml(changes))], numberOf, new Set());
  const file = fileOf(`trial.text: ${JSON.stringify(text)}\n`, `content/messages/${language}.yaml`);
  const compiled = compileMessages(file, (id) => {
    const fact = facts.get(id);
    return fact === undefined ? numberOf(id) : (now) => factText(fact, language, now);
  });
  const message = compiled.messages.get('trial.text');
  if (problems.length + compiled.problems.length > 0 || message === undefined)
    throw new Error('faulty trial');
  return { facts, messages: compiled.messages, message };
}

const numberOf = (id: string): string | null => (id === 'vn-111' ? '111' : null);

describe('a faulty entry is refused with its line and what to do', () => {
  it.each([
    ['an id that is no id', { id: 'Fee_1' }, 1, /an id looks like/],
    ['an unknown kind', { kind: 'rumour' }, 2, /kind/],
    ['a live fact with one source', { confidence: 'likely' }, 3, /only what is confirmed may be live/],
    ['no English', { value: '{ vi: ba con cá }' }, 5, /value\.en/],
    ['a comma without quotes', { value: '{ vi: ba con, cá, en: a }' }, 5, /Unrecognized key/],
    ['a value that refers on', { value: '{ vi: "gọi [[vn-111]]", en: a }' }, 5, /refers to another entry/],
    ['a day that does not exist', { checked: '2026-02-30' }, 9, /a date looks like/],
    ['an expiry before the check', { expires: '2026-11-21' }, 10, /lies before the day of the check/],
    ['an owner nobody knows', { owner: 'somebody' }, 11, /owner/],
    [
      'a number nobody knows',
      { instead: '{ vi: "hỏi [[vn-999]]", en: a }' },
      12,
      /no number that may be shown/,
    ],
    ['nothing to say instead', { instead: null }, 1, /instead/],
    ['a field that is not known', { colour: 'red' }, 1, /colour/],
    ['an id of a hotline', { id: 'vn-111' }, 1, /the id is taken/],
  ])('%s', (_what, changes, line, message) => {
    const { problems } = readFacts([fileOf(factYaml(changes))], numberOf, new Set(['vn-111']));
    expect(problems.map((problem) => problem.message).join('\n')).toMatch(message);
    expect(problems[0]).toMatchObject({
      path: TRIAL,
      line,
      severity: 'error',
      mend: expect.stringMatching(/\w/),
    });
  });

  it('finds the same id in two files', () => {
    const other = fileOf(factYaml(), 'content/registers/facts/other.yaml');
    const { problems } = readFacts([other, fileOf(factYaml())], numberOf, new Set());
    expect(problems.map(({ path, message }) => [path, message])).toEqual([
      [TRIAL, 'trial-fee: the id is taken (content/registers/facts/other.yaml)'],
    ]);
  });
});

describe('a text says what its fact says', () => {
  const before = new Date('2027-05-21T23:59:00Z');
  const after = new Date('2027-05-22T00:00:00Z');
  const said = ['Bạn trả ba con cá.', 'Elsewhere three fish.'];
  const instead = ['Bạn trả số luật định (hỏi 111).', 'Elsewhere what the law says (ask 111).'];

  it.each([
    ['while its check is fresh', {}, before, said],
    ['from the day of expiry on, what stands instead', {}, after, instead],
    ['on hold, what stands instead', { display: 'hold', confidence: 'likely' }, before, instead],
    ['retired, what stands instead', { display: 'retired' }, before, instead],
    [
      'with braces and apostrophes of its own',
      { value: `{ vi: "ba {con} 'cá'", en: "three {fish} o'clock" }` },
      before,
      ["Bạn trả ba {con} 'cá'.", "Elsewhere three {fish} o'clock."],
    ],
  ])('%s', (_when, changes, now, expected) => {
    const vi = trial(changes, 'Bạn trả [[trial-fee]].').message;
    const en = trial(
      changes,
      '{place, select, vn {Pay [[trial-fee]].} other {Elsewhere [[trial-fee]].}}',
      'en',
    ).message;
    expect([vi.text({}, now), en.text({ place: 'abroad' }, now)]).toEqual(expected);
    expect([[...vi.facts], [...en.placeholders]]).toEqual([['trial-fee'], ['place']]);
  });
});

describe('the check of content', () => {
  let assets: Assets;
  beforeAll(async () => {
    assets = mustLoad(lean(await readSources()));
  });

  const inspected = ({ facts, messages }: Trial, now: string): readonly string[] =>
    inspectTexts({ ...assets, facts, messages: new Map([['vi', messages]]) }, new Date(now))
      .filter(({ path }) => !path.includes('hotlines'))
      .map(({ severity, message }) => `${severity}: ${message}`);

  it.each([
    ['a fact nobody says', {}, 'Bạn trả tiền.', ['warning: trial-fee stands in no text']],
    ['a retired fact nobody says', { display: 'retired' }, 'Bạn trả tiền.', []],
    ['a law nobody names', { kind: 'law' }, 'Bạn trả tiền.', []],
    ['a fact that is said', {}, 'Bạn trả [[trial-fee]].', []],
    [
      'what would stand instead one day',
      { instead: '{ vi: nên bạn sẽ an toàn, en: a }' },
      'Bạn trả [[trial-fee]].',
      ['error: trial.text: says "bạn sẽ an toàn"'],
    ],
  ])('reads %s', (_what, changes, text, expected) => {
    expect(inspected(trial(changes, text), '2026-11-25T00:00:00Z')).toEqual(expected);
  });

  it('warns of a fact that has left the texts by itself', () => {
    expect(inspected(trial({}, 'Bạn trả [[trial-fee]].'), '2027-06-01T00:00:00Z')).toEqual([
      'warning: trial-fee is no longer said since 2027-05-22: its texts say what stands instead',
    ]);
  });

  it('finds the law in the real texts until its check is overdue', () => {
    const say = (day: string): string => render(assets, 'intents.law', 'vi', new Date(day)).text;
    expect(say('2026-11-25T00:00:00Z')).toContain('53/2024/QH15');
    expect(say('2028-01-01T00:00:00Z')).toContain('luật về phòng, chống mua bán người và luật hình sự');
  });

  it('refuses an id of no register, and a language that leaves a fact out', async () => {
    const { problems } = loadAssets(
      changed(lean(await readSources()), {
        [TRIAL]: factYaml(),
        'content/messages/vi.yaml': (text) =>
          `${text}\ntrial.a: '[[trial-fees]]'\ntrial.b: '[[trial-fee]]'\n`,
        'content/messages/en.yaml': (text) => `${text}\ntrial.a: a\ntrial.b: b\n`,
      }),
    );
    const found = problems.map(({ message }) => message).join('\n');
    expect(found).toMatch(/trial\.a: \[\[trial-fees\]\] is no fact of the register/);
    expect(found).toMatch(/trial\.b: .*\[\[trial-fee\]\].* is missing/);
  });
});
