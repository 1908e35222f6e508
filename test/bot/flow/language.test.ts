/** What a flow can say, each on a small flow of its own, played by the real engine. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Assets, type AssetSource, readFlowBeside, type World } from '../../../bot/index.ts';
import { readSources } from '../../support/assets.ts';
import { changed, flowFile, lean, mustLoad, TRIAL_TEXTS } from '../../support/broken-content.ts';
import { type Heard, openConversation, type TestConversation } from '../../support/conversation.ts';

const TEXTS = [
  'trial.age: { text: Bạn mấy tuổi?, invalid: "Bạn viết một số nhé, ví dụ 17." }',
  'trial.pay: { text: Lương bao nhiêu?, invalid: "Ví dụ 20 triệu." }',
  'trial.day: { text: Ngày nào đi?, invalid: "Ví dụ mùng 5 tới." }',
  'trial.phone: { text: Số của họ?, invalid: "Ví dụ 0900 000 000." }',
  'trial.home: { text: Ở tỉnh nào?, invalid: "Ví dụ Sơn La." }',
  'trial.where: Ở đâu?',
  'trial.voice: { text: Bạn gửi lời nhắn thoại nhé., invalid: "Bạn bấm micrô rồi nói nhé." }',
  'trial.echo: "{age}/{pay}/{day}/{phone}/{home}/{spot}/{note}"',
  'trial.young: Trẻ.',
  'trial.grown: Lớn.',
  'trial.rich: Nhiều.',
  'trial.spoken: { text: Nghe nhé., audio: trial.spoken.ogg }',
  'trial.topic: chuyến đi',
  'trial.told: "Về {subject} nhé."',
  'trial.first: Một.',
  'trial.second: Hai.',
  'trial.third: Ba.',
  '',
].join('\n');

const SLOTS =
  'slots: { age: { type: number, min: 5, max: 99 }, pay: money, day: { type: date, min: today }, phone: phone, home: province, spot: place, note: voice, kind: choice, seen: flag, mood: choice }\n';
const END = '  - { id: over, end: true }';

let sources: readonly AssetSource[];
let base: Assets;
beforeAll(async () => {
  sources = lean(await readSources());
  const add = (text: string): string => `${text}\n${TRIAL_TEXTS.vi}${TEXTS}`;
  base = mustLoad(
    changed(sources, {
      'content/messages/vi.yaml': add,
      'content/messages/en.yaml': (text) => `${text}\n${TRIAL_TEXTS.en}${TEXTS}`,
      'content/audio/vi/trial.spoken.ogg': '',
      'content/audio/en/trial.spoken.ogg': '',
      'content/routes.yaml': (text) => `${text}\n  - { flow: thanks, phrases: { vi: [bắt đầu thử nhé] } }\n`,
    }),
  );
});

/** A conversation that stands at the start of the flow; more flows may lie beside it. */
function begin(
  nodes: string,
  {
    head = SLOTS,
    beside = [],
    world = {},
  }: { head?: string; beside?: readonly string[]; world?: Partial<World> } = {},
): TestConversation & { first: Heard } {
  // `thanks` is what the route starts: the trial stands in its place
  const own = flowFile(nodes, head).replace('id: trial', 'id: thanks');
  const assets = [...beside, own].reduce((all, text) => {
    const { assets: next, problems } = readFlowBeside(all, { path: 'flows/trial.yaml', text });
    if (next === null) throw new Error(problems.map(({ message }) => message).join('\n'));
    return next;
  }, base);
  const chat = openConversation(assets, world);
  return { ...chat, first: chat.say('bắt đầu thử nhé') };
}

describe('a slot that is read', () => {
  it.each([
    ['age', 'trial.age', 'dạ em 17 tuổi ạ', 17],
    ['age', 'trial.age', 'mười sáu', 16],
    ['pay', 'trial.pay', 'khoảng 20 củ', { amount: 20_000_000, currency: 'VND', per: null }],
    ['pay', 'trial.pay', '2k5 usd', { amount: 2500, currency: 'USD', per: null }],
    ['day', 'trial.day', 'mùng 5 tới', '2026-12-05'],
    ['phone', 'trial.phone', '0912 345 678', '+84912345678'],
    ['home', 'trial.home', 'ha giang', 'tuyen-quang'],
    ['spot', 'trial.where', 'chợ Sơn La', { said: 'chợ Sơn La', country: 'VN', province: 'son-la' }],
  ])('%s at %s: "%s"', (slot, ask, words, value) => {
    const chat = begin(
      `  - { id: a, ask: ${ask}, slot: ${slot}, exits: { any: b } }\n  - { id: b, say: trial.say, exits: { done: over } }\n${END}`,
    );
    expect(chat.say(words).keys).toContain('trial.say');
    expect(chat.session().slots[slot]).toEqual(value);
  });

  it.each([
    ['age', 'trial.age', 'nhiều lắm'],
    ['age', 'trial.age', '120'],
    ['pay', 'trial.pay', 'cũng khá'],
    ['day', 'trial.day', 'hôm qua'],
    ['phone', 'trial.phone', '113'],
    ['home', 'trial.home', 'ở trên núi'],
  ])('%s asks again kindly for "%s", twice, then for a person', (slot, ask, words) => {
    const chat = begin(`  - { id: a, ask: ${ask}, slot: ${slot}, exits: { any: over } }\n${END}`);
    expect(chat.say(words).text).toMatch(/Ví dụ|ví dụ/);
    expect(chat.say(words).text).toMatch(/Ví dụ|ví dụ/);
    const third = chat.say(words);
    expect(third.types).toContain('handover_requested');
    expect(chat.session().slots[slot]).toBeUndefined();
  });

  it('leaves by "other" with an empty slot when it cannot be read', () => {
    const chat = begin(
      `  - { id: a, ask: trial.age, slot: age, exits: { any: b, other: c } }\n  - { id: b, say: trial.grown, exits: { done: over } }\n  - { id: c, say: trial.young, exits: { done: over } }\n${END}`,
    );
    expect(chat.say('không nhớ nữa').keys).toContain('trial.young');
    expect(chat.session().slots['age']).toBeUndefined();
  });

  it('takes a recording where one is asked for, and says what it needs for anything else', () => {
    const chat = begin(
      `  - { id: a, ask: trial.voice, slot: note, exits: { any: b } }\n  - { id: b, say: trial.say, exits: { done: over } }\n${END}`,
    );
    expect(chat.say('đây').text).toContain('micrô');
    const sent = chat.take({ kind: 'attachment', attachment: 'voice', caption: '', ref: 'recording-7' });
    expect(sent.keys).toContain('trial.say');
    expect(chat.session().slots['note']).toBe('recording-7');
  });
});

describe('a condition', () => {
  const BY_AGE = `  - { id: a, ask: trial.age, slot: age, exits: { any: c, skip: c } }\n  - { id: c, branch: { young: has(slots.age) && slots.age < 18, rich: staffed && can.buttons }, exits: { young: y, rich: r, else: g } }\n  - { id: y, say: trial.young, exits: { done: over } }\n  - { id: r, say: trial.rich, exits: { done: over } }\n  - { id: g, say: trial.grown, exits: { done: over } }\n${END}`;

  it.each([
    ['15', true, 'trial.young'],
    ['18', true, 'trial.rich'],
    ['18', false, 'trial.grown'],
    ['bỏ qua', true, 'trial.rich'],
  ])('"%s" (on duty: %s) leads to %s', (words, staffed, key) => {
    expect(begin(BY_AGE, { world: { staffed } }).say(words).keys).toContain(key);
  });

  it.each([
    ['2026-11-25T19:30:00Z', 'trial.young'],
    ['2026-11-25T03:00:00Z', 'trial.grown'],
  ])('knows the hour in Vietnam (%s)', (at, key) => {
    const nodes = `  - { id: a, ask: trial.q, exits: { one: c, two: c } }\n  - { id: c, branch: { night: hour < 6 || hour > 21 }, exits: { night: y, else: g } }\n  - { id: y, say: trial.young, exits: { done: over } }\n  - { id: g, say: trial.grown, exits: { done: over } }\n${END}`;
    expect(begin(nodes, { world: { now: new Date(at) } }).tap('one').keys).toContain(key);
  });

  it('that cannot be worked out does not hold, and nobody meets an error', () => {
    const nodes = `  - { id: a, ask: trial.age, slot: age, exits: { any: c, skip: c } }\n  - { id: c, branch: { young: slots.age < 18 }, exits: { young: y, else: g } }\n  - { id: y, say: trial.young, exits: { done: over } }\n  - { id: g, say: trial.grown, exits: { done: over } }\n${END}`;
    const heard = begin(nodes).tap('skip');
    expect(heard.keys).toContain('trial.grown');
    expect(heard.types).not.toContain('turn_failed');
  });

  it('works values out: a number that counts, a flag', () => {
    const nodes = `  - { id: a, ask: trial.age, slot: age, exits: { any: s } }\n  - { id: s, set: { compute: { age: slots.age + 1, seen: slots.age > 10 } }, exits: { done: over } }\n${END}`;
    const chat = begin(nodes);
    chat.say('17');
    expect(chat.session().slots).toMatchObject({ age: 18, seen: true });
  });
});

describe('a subflow', () => {
  const CALLEE =
    'id: inner\nversion: 1\nstart: tell\nslots: { mood: choice }\nargs: { subject: text }\nresults: { mood: choice, long: flag }\nnodes:\n  - { id: tell, say: trial.told, exits: { done: ask } }\n  - { id: ask, ask: trial.q, slot: mood, exits: { one: by, two: by } }\n  - { id: by, branch: { short: args.subject == "x" }, exits: { short: out, else: out } }\n  - { id: out, end: done, result: { mood: slots.mood, long: args.subject != "x" } }\n';
  const NODES = `  - { id: a, subflow: inner, with: { subject: '"việc làm"' }, keep: { kind: mood, seen: long }, exits: { done: b } }\n  - { id: b, say: trial.say, exits: { done: over } }\n${END}`;

  it('is handed its arguments, keeps them over a question, and hands its results back', () => {
    const chat = begin(NODES, { beside: [CALLEE] });
    expect(chat.first.text).toContain('Về việc làm nhé.');
    expect(chat.session().place.at(-1)).toMatchObject({ flow: 'inner', args: { subject: 'việc làm' } });
    expect(chat.tap('two').keys).toContain('trial.say');
    expect(chat.session().slots).toMatchObject({ kind: 'two', seen: true });
  });

  it('keeps its arguments for "back"', () => {
    const nodes = `  - { id: a, subflow: inner, with: { subject: '"x"' }, exits: { done: b } }\n  - { id: b, ask: trial.age, slot: age, exits: { any: over } }\n${END}`;
    const chat = begin(nodes, { beside: [CALLEE] });
    chat.tap('one');
    chat.say('quay lại');
    expect(chat.session().place.at(-1)).toMatchObject({ flow: 'inner', node: 'ask', args: { subject: 'x' } });
  });
});

describe('a question that waits for a time', () => {
  const NODES = `  - { id: a, ask: trial.q, wait: 10m, exits: { one: over, two: over, silence: late } }\n  - { id: late, say: trial.say, exits: { done: over } }\n${END}`;

  it('goes on by "silence" when nothing came', () => {
    const chat = begin(NODES);
    const { waiting } = chat.session();
    expect(chat.first.events).toContainEqual({ type: 'wait_started', until: waiting });
    expect(chat.take({ kind: 'silence', until: waiting ?? '' }).keys).toEqual(['trial.say']);
  });

  it('does nothing once something came, or for another waiting', () => {
    const chat = begin(NODES);
    const until = chat.session().waiting ?? '';
    expect(chat.take({ kind: 'silence', until: '2020-01-01T00:00:00.000Z' }).events).toEqual([]);
    chat.tap('one');
    expect(chat.take({ kind: 'silence', until }).events).toEqual([]);
  });

  it('never speaks to somebody in danger or in quiet mode', () => {
    const chat = begin(NODES);
    const until = chat.session().waiting ?? '';
    chat.say('cứu em với họ nhốt em');
    chat.say('không tiện');
    expect(chat.session().waiting).toBeNull();
    expect(chat.take({ kind: 'silence', until }).events).toEqual([]);
  });

  it('never speaks while a counsellor is there', () => {
    const chat = begin(NODES);
    const { waiting } = chat.session();
    expect(waiting).not.toBeNull();
    const muted = begin(NODES, { world: { muted: true } });
    expect(muted.session().waiting).toBeNull();
  });
});

describe('a pick', () => {
  const nodes = (kind: string): string =>
    `  - { id: a, ask: trial.q, exits: { one: p, two: over } }\n  - { id: p, pick: ${kind}, exits: { x: x, y: y, z: z } }\n  - { id: x, say: trial.first, exits: { done: a } }\n  - { id: y, say: trial.second, exits: { done: a } }\n  - { id: z, say: trial.third, exits: { done: a } }\n${END}`;
  const drawn = (chat: TestConversation, times: number): readonly string[] =>
    Array.from({ length: times }, () => chat.tap('one').keys[0] ?? '');

  it('takes turns', () => {
    expect(drawn(begin(nodes('rotate')), 4)).toEqual([
      'trial.first',
      'trial.second',
      'trial.third',
      'trial.first',
    ]);
  });

  it('by chance is the same in a replay, and takes every way in time', () => {
    const once = drawn(begin(nodes('random')), 30);
    expect(drawn(begin(nodes('random')), 30)).toEqual(once);
    expect(new Set(once).size).toBe(3);
  });
});

describe('a recording', () => {
  it('goes beside its text, and never in quiet mode', () => {
    const spoken = `  - { id: a, say: trial.spoken, exits: { done: over } }\n${END}`;
    expect(begin(spoken).first.events).toContainEqual(
      expect.objectContaining({ key: 'trial.spoken', audio: 'content/audio/vi/trial.spoken.ogg' }),
    );
    const quiet = `  - { id: a, set: { mode: quiet }, exits: { done: b } }\n  - { id: b, say: trial.spoken, exits: { done: over } }\n${END}`;
    const said = begin(quiet).first.events.filter((event) => event.type === 'message_created');
    expect(said.map((event) => 'audio' in event)).toEqual([false]);
  });
});

describe('a question left half-way', () => {
  const NODES = `  - { id: a, ask: trial.age, slot: age, exits: { any: b } }\n  - { id: b, ask: trial.q, settled: true, exits: { one: over, two: over } }\n${END}`;
  const head = `resume: trial.topic\n${SLOTS}`;

  it('is offered again from the menu, by its topic, and taken up where it was', () => {
    const chat = begin(NODES, { head });
    const menu = chat.say('menu');
    expect(menu.keys).toContain('welcome.take-up');
    expect(menu.text).toContain('chuyến đi');
    expect(chat.tap('go-on').keys).toEqual(['trial.age']);
    expect(chat.session().place.at(-1)).toMatchObject({ flow: 'thanks', node: 'a' });
  });

  it('is not offered again once the person wants something else', () => {
    const chat = begin(NODES, { head });
    chat.say('menu');
    expect(chat.tap('new').keys).toEqual(['welcome.menu']);
    expect(chat.say('menu').keys).toEqual(['welcome.menu']);
  });

  it('is not kept where everything was answered', () => {
    const chat = begin(NODES, { head });
    chat.say('17');
    expect(chat.say('menu').keys).toEqual(['welcome.menu']);
  });

  it('is put aside when nobody answered for half a day, so that a greeting is no answer', () => {
    const world = { now: new Date('2026-11-25T01:00:00Z') };
    const nodes = `  - { id: a, ask: trial.where, slot: spot, exits: { any: b } }\n  - { id: b, ask: trial.q, settled: true, exits: { one: over, two: over } }\n${END}`;
    const chat = begin(nodes, { head, world });
    world.now = new Date('2026-11-25T14:00:00Z');
    expect(chat.say('hi').keys).toContain('welcome.take-up');
    expect(chat.session().slots['spot']).toBeUndefined();
    expect(chat.tap('go-on').keys).toEqual(['trial.where']);
  });

  it('is forgotten after some days', () => {
    const world = { now: new Date('2026-11-25T01:00:00Z') };
    const chat = begin(NODES, { head, world });
    chat.say('menu');
    world.now = new Date('2026-11-29T01:00:00Z');
    expect(chat.say('menu').keys).toEqual(['welcome.menu']);
  });
});

describe('a lesson with several questions', () => {
  const LESSON =
    'id: trial-lesson\nminutes: 2\nsigns: [passport-kept]\ncards: [one]\nquiz:\n  - { id: paper, options: [a, b], right: b }\n  - { id: money, options: [a, b], right: a }\n';
  const WORDS =
    '# Thử\n\n## one\nThẻ một.\n\n## paper\nGiấy đâu?\n\n## paper option a\nĐưa\n\n## paper option b\nGiữ\n\n## paper because a\nĐừng đưa nhé.\n\n## paper right\nĐúng rồi.\n\n## money\nTiền đâu?\n\n## money option a\nChưa trả\n\n## money option b\nTrả luôn\n\n## money right\nĐúng.\n\n## money wrong\nKhoan trả nhé.\n';
  const play = (): TestConversation & { first: Heard } => {
    const assets = mustLoad(
      changed(sources, {
        'content/lessons/trial-lesson/lesson.yaml': LESSON,
        'content/lessons/trial-lesson/vi.md': WORDS,
        'content/lessons/trial-lesson/en.md': WORDS,
        'flows/thanks.yaml':
          'id: thanks\nversion: 1\nstart: a\nnodes:\n  - { id: a, lesson: trial-lesson, exits: { done: b } }\n  - { id: b, say: thanks.reply, exits: { done: over } }\n  - { id: over, end: true }\n',
        'content/routes.yaml': (text) =>
          `${text}\n  - { flow: thanks, phrases: { vi: [bắt đầu thử nhé] } }\n`,
      }),
    );
    const chat = openConversation(assets);
    return { ...chat, first: chat.say('bắt đầu thử nhé') };
  };

  it('explains each answer by itself, then asks the next', () => {
    const chat = play();
    expect(chat.first.text).toContain('Giấy đâu?');
    const wrong = chat.say('Đưa');
    expect(wrong.text).toBe('Đừng đưa nhé.\n\nTiền đâu?');
    const right = chat.tap('money-a');
    expect(right.text).toContain('Đúng.');
    expect(right.events).toContainEqual({ type: 'lesson_finished', lesson: 'trial-lesson', right: false });
  });

  it('does not take a tap on an older question for an answer to the next', () => {
    const chat = play();
    chat.tap('paper-b');
    const heard = chat.tap('thanks.a.paper-a');
    expect(heard.types).not.toContain('question_answered');
    expect(chat.session().place.at(-1)).toMatchObject({ node: 'a', step: 1 });
  });
});
