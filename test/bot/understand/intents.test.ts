/** Wishes in a person's own words: the three bands, two wishes in one message, and what editors are told of their phrases. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { lintIntents, readIntentFiles } from '../../../bot/content/read-intents.ts';
import { readYaml, type YamlFile } from '../../../bot/content/yaml.ts';
import type { Assets, AssetSource, Problem } from '../../../bot/index.ts';
import { splitClauses } from '../../../bot/understand/clauses.ts';
import { explainIntent, readIntents } from '../../../bot/understand/intents.ts';
import { normalise } from '../../../bot/understand/normalise.ts';
import { loadRealAssets, readSources } from '../../support/assets.ts';

let assets: Assets;
beforeAll(async () => {
  assets = await loadRealAssets();
});

const bandOf = (text: string): string => {
  const reading = readIntents(assets.intents, text);
  return reading.band === 'none'
    ? 'none'
    : `${reading.band} ${reading.guesses.map(({ intent }) => intent.id).join(' ')}`;
};

describe('the real intents', () => {
  it.each([
    ['công ty không trả lương cho em', 'answer ask_wages_unpaid'],
    ['cong ty ko tra luong cho e', 'answer ask_wages_unpaid'],
    ['họ đòi tiền chuộc mới thả con tôi', 'answer ask_ransom'],
    ['how do i return to vietnam without a passport', 'answer ask_return_home'],
    ['chào chị, cho em hỏi phí môi giới bao nhiêu là đúng', 'answer ask_fees_legal'],
  ])('answers what is sure: %s', (text, expected) => {
    expect(bandOf(text)).toBe(expected);
  });

  // typed at a question that does not offer them, or as a refusal
  it.each(['17', '99', ' 12. ', 'no', 'No', 'NO!', 'no no'])('sees no wish in %j', (text) => {
    expect(bandOf(text)).toBe('none');
  });

  it('still hears a debt and a test', () => {
    expect(bandOf('nợ')).toContain('ask_debt');
    expect(bandOf('1 2 3')).toContain('bot_test');
  });

  it('sees two wishes in one message', () => {
    expect(bandOf('ai đọc được tin nhắn này, với lại phí môi giới bao nhiêu là đúng')).toBe(
      'answer ask_fees_legal',
    );
    expect(bandOf('công ty không trả lương cho em, còn hộ chiếu thì chủ giữ không trả')).toContain(
      'ask_documents_held',
    );
  });

  it('offers at most three where it is not sure', () => {
    const reading = readIntents(assets.intents, 'vợ chồng em hay cãi nhau');
    expect(reading.band).toBe('suggest');
    expect(reading.band === 'none' ? 0 : reading.guesses.length).toBeLessThanOrEqual(3);
  });

  it.each([
    ['nothing', ''],
    ['letters of chance', 'zzz qqq'],
    ['another language', 'je suis perdu dans la ville'],
    ['another script', 'ខ្ញុំត្រូវការជំនួយ'],
    ['ten thousand emoji', '😀'.repeat(10_000)],
    ['a base64 blob', 'aGVsbG8gd29ybGQ='.repeat(600)],
    ['what is none of our business', 'giá vàng hôm nay bao nhiêu'],
    ['a beginning without a question', 'cho em hỏi chút ạ'],
  ])('does not understand %s', (_name, text) => {
    expect(bandOf(text)).toBe('none');
  });

  it('takes ten thousand letters in a few milliseconds', () => {
    const text = 'họ không trả lương cho em mà em muốn về nhà, '.repeat(220);
    readIntents(assets.intents, text);
    const began = process.cpuUsage();
    readIntents(assets.intents, text);
    const used = process.cpuUsage(began);
    expect(used.user + used.system).toBeLessThan(100_000);
  });

  it('says which words decided', () => {
    const text = 'Cho em hỏi PHÍ MÔI GIỚI bao nhiêu?';
    const [first] = explainIntent(assets.intents, text, 'ask_fees_legal');
    expect(text.slice(first?.start, first?.end).toLowerCase()).toMatch(/phí|môi|giới/);
  });
});

describe('clauses', () => {
  it.each([
    ['em muốn về nhà', 1],
    ['dạ, em muốn về nhà', 1],
    ['họ giữ hộ chiếu của em. em muốn về nhà', 2],
    ['em muốn về nhà và họ chưa trả lương', 2],
    ['cảm ơn', 1],
  ])('"%s" has %i', (text, count) => {
    expect(splitClauses(normalise(text))).toHaveLength(count);
  });
});

function asYaml(source: AssetSource): YamlFile {
  const read = readYaml(source);
  if (!read.ok) throw new Error(`${source.path} is no YAML`);
  return read.file;
}

describe('what editors are told', () => {
  const phrases = Array.from(
    { length: 20 },
    (_one, at) => `câu thử số ${'abcdefghijklmnopqrstuv'.charAt(at)}${at}x`,
  );
  const file = (id: string, list: readonly string[], more = '', answer = '{ flow: learn }'): string =>
    `group: trial\nintents:\n  - id: ${id}\n    title: { vi: Thử, en: Trial }\n    answer: ${answer}\n` +
    `${more}    phrases:\n${list.map((text) => `      - ${text}\n`).join('')}`;
  let real: readonly YamlFile[];
  beforeAll(async () => {
    real = (await readSources()).filter(({ path }) => path.startsWith('content/intents/')).map(asYaml);
  });
  const faultsOf = (text: string): readonly Problem[] => {
    const files = [...real, asYaml({ path: 'content/intents/trial.yaml', text })];
    return [...readIntentFiles(files).problems, ...lintIntents(assets, files)];
  };

  it.each([
    ['an empty intent', file('empty_one', []).replace('phrases:\n', 'phrases: []\n'), 6, /without phrases/],
    ['few phrases', file('few_ones', phrases.slice(0, 3)), 6, /has 3 phrases/],
    [
      'a flow that is not there',
      file('lost_one', phrases, '', '{ flow: nowhere }'),
      5,
      /"nowhere", which does not exist/,
    ],
    [
      'a text that is not there',
      file('lost_text', phrases, '', '{ say: no.where }'),
      5,
      /"no.where" is missing in vi/,
    ],
    [
      'a long title',
      file('long_one', phrases).replace('vi: Thử', `vi: ${'x'.repeat(21)}`),
      4,
      /longer than 20/,
    ],
    ['a title that is missing', file('no_title', phrases).replace(', en: Trial', ''), 4, /missing in en/],
    ['a name used twice', file('greet', phrases), 3, /two intents are called "greet"/],
    ['only signs', file('signs', [...phrases, '"😀 !!!"']), 27, /has no letters/],
  ])('%s', (_name, text, line, message) => {
    const faults = faultsOf(text);
    const found = faults.find((fault) => message.test(fault.message));
    expect(found).toMatchObject({ path: 'content/intents/trial.yaml', line });
    expect(found?.mend).not.toBe('');
  });

  it('the same phrase in two intents, naming both places', () => {
    const faults = faultsOf(file('twin', [...phrases, 'chu no luong ba thang']));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ path: 'content/intents/trial.yaml', line: 27 });
    expect(faults[0]?.message).toMatch(
      /already a phrase of ask_wages_unpaid \(content\/intents\/getting-out.yaml:\d+\)/,
    );
  });

  it('phrases of two intents that hardly differ', () => {
    const faults = faultsOf(file('twin', [...phrases, 'gia đình phải chuyển tiền chuộc cho em về nè']));
    expect(faults[0]?.message).toMatch(/is nearly/);
  });

  it('a test that is trained on', () => {
    const faults = faultsOf(file('tested', phrases, `    tests: [${phrases[0] ?? ''}]\n`));
    expect(faults[0]?.message).toMatch(/already a phrase of tested/);
  });
});
