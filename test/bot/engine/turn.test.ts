import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Assets, startSession, takeTurn, type TurnInput } from '../../../bot/index.ts';
import { loadRealAssets } from '../../support/assets.ts';
import { openConversation } from '../../support/conversation.ts';

const CAN = { audio: true, buttons: true, location: true };

let assets: Assets;
beforeAll(async () => {
  assets = await loadRealAssets();
});

describe('answers to a question', () => {
  it.each([
    ['its number', '1'],
    ['its number with a word', 'số 1'],
    ['its number in brackets', '(1)'],
    ['its label', 'Kiểm tra lời mời'],
    ['its label without diacritics', 'kiem tra loi moi'],
    ['its label in capitals', 'KIỂM TRA LỜI MỜI!'],
    ['its label in decomposed Unicode', 'Kiểm tra lời mời'.normalize('NFD')],
  ])('takes %s', (_what, answer) => {
    const chat = openConversation(assets);
    const menu = chat.take({ kind: 'start', ref: null, languageHint: null });
    const first = menu.labels[0];
    expect(first).toBe('Kiểm tra lời mời');
    expect(chat.say(answer).keys).toEqual(['check-offer.how']);
  });

  it('takes a tap on an older message as the answer to that older question', () => {
    const chat = openConversation(assets);
    const menu = chat.take({ kind: 'start', ref: null, languageHint: null });
    chat.tap('learn');
    const numbers = menu.choices.find((id) => id.endsWith('.numbers')) ?? '';
    expect(chat.tap(numbers).keys[0]).toBe('numbers.where');
  });

  it('repeats in other words, then offers the choices, then asks for a person', () => {
    const chat = openConversation(assets);
    chat.take({ kind: 'start', ref: null, languageHint: null });
    const first = chat.say('zzz qqq');
    const second = chat.say('zzz qqq');
    const third = chat.say('zzz qqq');
    expect(first.keys).toEqual(['welcome.menu']);
    expect(first.choices.length).toBeGreaterThan(3);
    expect(second.keys).toEqual(['system.pick-one']);
    expect(third.keys).toEqual(['system.to-a-person']);
    expect(third.events).toContainEqual(
      expect.objectContaining({ type: 'handover_requested', cause: 'not_understood' }),
    );
    expect(third.choices).toEqual(first.choices);
  });
});

describe('words that work everywhere', () => {
  const atEachPoint = (): readonly (readonly [string, readonly TurnInput[]])[] => [
    ['at the first message', []],
    ['at the menu', [{ kind: 'start', ref: null, languageHint: null }]],
    [
      'in the middle of the questions about an offer',
      [
        { kind: 'start', ref: null, languageHint: null },
        { kind: 'choice', id: 'check' },
        { kind: 'choice', id: 'steps' },
      ],
    ],
    [
      'inside a lesson',
      [
        { kind: 'start', ref: null, languageHint: null },
        { kind: 'choice', id: 'learn' },
        { kind: 'choice', id: 'job' },
      ],
    ],
    ['while in danger', [{ kind: 'text', text: 'cuu em voi ho giu ho chieu danh em', forwarded: false }]],
    [
      'in quiet mode',
      [
        { kind: 'text', text: 'cuu em voi ho giu ho chieu danh em', forwarded: false },
        { kind: 'choice', id: 'watched' },
      ],
    ],
  ];

  it.each(atEachPoint())('a person is one message away %s', (_where, path) => {
    const chat = openConversation(assets);
    for (const input of path) chat.take(input);
    const heard = chat.say('gặp người thật');
    expect(heard.events).toContainEqual(
      expect.objectContaining({ type: 'handover_requested', cause: 'person_asked' }),
    );
    expect(heard.keys.length).toBeGreaterThan(0);
  });

  it.each(atEachPoint().slice(0, 5))('a number is one message away %s', (_where, path) => {
    const chat = openConversation(assets);
    for (const input of path) chat.take(input);
    const heard = chat.say('số điện thoại');
    expect(heard.text).toContain('111');
    expect(heard.text).toContain('+84 981 84 84 84');
  });

  it.each([
    '18001567',
    'gọi 1800 1567 có được không',
    'số 1800.15.67 còn dùng không ạ',
    '1800-1567',
    '+84 4 62 844 844',
  ])('redirects an old number to the one of today: %s', (text) => {
    const heard = openConversation(assets).say(text);
    expect(heard.keys[0]).toBe('numbers.retired');
    expect(heard.text).toContain('111');
    expect(heard.keys).toContain('welcome.menu');
  });

  it('goes back to the question before, with what was answered forgotten', () => {
    const chat = openConversation(assets);
    chat.take({ kind: 'start', ref: null, languageHint: null });
    chat.tap('check');
    chat.tap('steps');
    chat.say('công ty Hoa Sen');
    expect(chat.session().slots['offer_agency']).toBe('công ty Hoa Sen');
    expect(chat.say('quay lại').keys).toEqual(['check-offer.agency']);
    expect(chat.session().slots['offer_agency']).toBeUndefined();
  });

  it('stops when asked, and starts again at the menu with the next message', () => {
    const chat = openConversation(assets);
    chat.take({ kind: 'start', ref: null, languageHint: null });
    const stopped = chat.say('dừng');
    expect(stopped.keys).toEqual(['system.stopped']);
    expect(stopped.types).toContain('session_ended');
    expect(chat.say('chào').keys).toContain('welcome.menu');
  });

  it('asks before erasing, then asks for the erasure', () => {
    const chat = openConversation(assets);
    chat.take({ kind: 'start', ref: null, languageHint: null });
    expect(chat.say('xóa').keys).toEqual(['erase.confirm']);
    expect(chat.tap('erase').types).toContain('erase_requested');
  });
});

describe('danger', () => {
  it.each([
    'cuu em voi ho giu ho chieu danh em',
    'Cứu em với, họ giữ hộ chiếu, đánh em',
    'help me they keep my passport and beat me',
  ])('asks first whether it is safe to write, shows numbers, and puts a counsellor in front: %s', (text) => {
    const heard = openConversation(assets).say(text);
    expect(heard.keys[0]).toBe('in-danger.safe');
    expect(heard.text.indexOf('?')).toBeLessThan(heard.text.indexOf('111'));
    const handover = heard.events.find((event) => event.type === 'handover_requested');
    expect(handover).toMatchObject({ cause: 'danger' });
    expect(handover?.type === 'handover_requested' ? handover.reasons.length : 0).toBeGreaterThan(0);
  });

  it('interrupts any question, also one that takes free text', () => {
    const chat = openConversation(assets);
    chat.take({ kind: 'start', ref: null, languageHint: null });
    chat.tap('check');
    chat.tap('steps');
    expect(chat.say('ho dang nhot em trong phong, cuu em').keys[0]).toBe('in-danger.safe');
  });

  it('shows no button and no topic word in quiet mode', () => {
    const chat = openConversation(assets);
    chat.say('cuu em voi ho giu ho chieu danh em');
    const hushed = chat.tap('watched');
    const next = chat.say('dang lam gi do');
    for (const heard of [hushed, next]) {
      expect(heard.choices).toEqual([]);
      expect(heard.text).not.toMatch(/111|113|công an|mua bán|nguy hiểm|cứu|giúp/i);
    }
    expect(chat.session().mode).toBe('quiet');
    chat.say('ok');
    expect(chat.session().mode).toBe('normal');
  });

  it('reads fragments of the last minutes together', () => {
    const chat = openConversation(assets);
    chat.say('em o ben campuchia');
    chat.say('ho giu');
    const heard = chat.say('ho chieu cua em roi');
    expect(heard.types).toContain('danger_raised');
  });

  it('does not read a pasted offer as something the person lived through', () => {
    const chat = openConversation(assets);
    chat.say('tuyển cskh ở campuchia lương 20tr, công ty giữ hộ chiếu giùm, cọc trước 5tr');
    const heard = chat.say('cứu em với');
    const raised = heard.events.find((event) => event.type === 'danger_raised');
    const rules = raised?.type === 'danger_raised' ? raised.reasons.map((reason) => reason.rule) : [];
    expect(rules).toContain('cry-for-help');
    expect(rules.join(' ')).not.toMatch(/passport|papers|control/);
    expect(chat.session().slots['person_country']).toBeUndefined();
  });

  it('keeps the country of a relative apart: short numbers there cannot be called from here', () => {
    const chat = openConversation(assets);
    chat.say('con trai tôi bị nhốt ở Myanmar');
    expect(chat.session().slots).toMatchObject({ family_country: 'MM', danger_who: 'maybe' });
    expect(chat.session().slots['person_country']).toBeUndefined();
  });

  it('says nothing about a relative while somebody may be reading along', () => {
    const chat = openConversation(assets);
    chat.say('cứu vs');
    chat.tap('watched');
    chat.say('dừng');
    const heard = chat.say('chồng em sang campuchia làm rồi mất liên lạc cả tháng');
    expect(heard.keys).not.toContain('families.first');
    expect(chat.session().mode).toBe('quiet');
  });

  it('forgets what an earlier message was about when danger is chosen at the menu', () => {
    const chat = openConversation(assets);
    chat.say('họ giữ hộ chiếu của em');
    chat.say('menu');
    chat.tap('danger');
    expect(chat.session().slots['danger_kind']).toBeUndefined();
  });

  it.each([
    ['em gái mình 3 ngày nay không trả lời', 'ở campuchia'],
    ['em gai minh 3 ngay nay khong tra loi', 'o campuchia'],
    ['my sister has not answered for three days', 'in cambodia'],
  ])('gives numbers at once for "%s", and asks nothing twice', (first, then) => {
    const chat = openConversation(assets);
    const heard = chat.say(first);
    expect(heard.keys[0]).toBe('families.first');
    expect(heard.text).toMatch(/111.*84 981 84 84 84/s);
    expect(chat.say(then).keys).toEqual(['families.noted']);
  });

  it('asks nothing back when the country that was asked for is named', () => {
    const chat = openConversation(assets);
    chat.take({ kind: 'start', ref: null, languageHint: null });
    chat.tap('numbers');
    chat.tap('abroad');
    expect(chat.say('em ở ba lan').keys[0]).toBe('numbers.list');
  });

  it('asks nothing back once a counsellor was asked for', () => {
    const chat = openConversation(assets, { staffed: false });
    chat.say('gặp người thật');
    expect(chat.say('nhắn ở đây sau 7 giờ tối').keys[0]).toBe('talk-to-a-person.wish-kept');
  });

  it('scans but says nothing while a counsellor answers', () => {
    const chat = openConversation(assets, { muted: true });
    const heard = chat.say('ho danh em, cuu em voi');
    expect(heard.types).toContain('danger_raised');
    expect(heard.keys).toEqual([]);
  });

  it('checks an offer instead of raising an alarm about it', () => {
    const heard = openConversation(assets).say(
      'có cty ở campuchia tuyển cskh 20tr/tháng bao ăn ở, giữ hộ chiếu giùm, có uy tín k',
    );
    const checked = heard.events.find((event) => event.type === 'offer_checked');
    expect(checked).toMatchObject({ level: 'danger' });
    expect(checked?.type === 'offer_checked' ? checked.reasons.length : 0).toBeGreaterThanOrEqual(3);
    expect(heard.types).not.toContain('danger_raised');
    expect(heard.text).not.toMatch(/an toàn(?! thì)|lừa đảo/i);
  });
});

describe('what cannot be read', () => {
  it.each([
    ['nothing', ''],
    ['only emoji', '😭😭😭'],
    ['NUL and control characters', '\u0000\u0007\u001b'],
    ['Khmer without spaces', 'សួស្តីខ្ញុំត្រូវការជំនួយ'],
    ['10,000 characters', 'a '.repeat(5000)],
    ['a lone surrogate', '\ud800'],
  ])('still gets an answer: %s', (_what, text) => {
    const chat = openConversation(assets);
    expect(chat.say(text).keys.length).toBeGreaterThan(0);
    expect(chat.say(text).keys.length).toBeGreaterThan(0);
    expect(chat.session().place.length).toBeGreaterThan(0);
  });

  it.each(['image', 'voice', 'sticker', 'location', 'contact', 'unsupported'] as const)(
    'acknowledges a %s honestly',
    (attachment) => {
      const heard = openConversation(assets).take({ kind: 'attachment', attachment, caption: '', ref: null });
      expect(heard.keys[0]).toBe('system.attachment');
    },
  );

  it('never throws, always answers, and keeps a readable session, whatever is written', () => {
    const input = fc.oneof(
      fc
        .string({ unit: 'binary', maxLength: 60 })
        .map((text): TurnInput => ({ kind: 'text', text, forwarded: false })),
      fc
        .constantFrom(
          '1',
          '2',
          '3',
          'menu',
          'quay lại',
          'dừng',
          'xóa',
          'ok',
          'cứu em',
          'gặp người thật',
          'tuyển cskh campuchia 20tr',
        )
        .map((text): TurnInput => ({ kind: 'text', text, forwarded: false })),
      fc.nat(6).map((index): TurnInput => ({ kind: 'choice', id: `#${index}` })),
      fc.constant<TurnInput>({ kind: 'start', ref: null, languageHint: 'en' }),
    );
    fc.assert(
      fc.property(fc.array(input, { maxLength: 25 }), (inputs) => {
        const chat = openConversation(assets);
        let choices: readonly string[] = [];
        for (const raw of inputs) {
          const heard = chat.take(
            raw.kind === 'choice' ? { kind: 'choice', id: choices[Number(raw.id.slice(1))] ?? 'none' } : raw,
          );
          expect(heard.keys.length).toBeGreaterThan(0);
          expect(heard.types).not.toContain('turn_failed');
          choices = heard.choices;
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a broken flow', () => {
  it('gives the safe message with numbers, asks for a person, and starts afresh', () => {
    const flows = new Map(assets.flows);
    const welcome = flows.get('welcome');
    if (welcome === undefined) throw new Error('welcome is missing');
    flows.set('welcome', { ...welcome, nodes: new Map([...welcome.nodes].filter(([id]) => id !== 'hello')) });
    const chat = openConversation({ ...assets, flows });
    const heard = chat.take({ kind: 'start', ref: null, languageHint: null });
    expect(heard.keys).toEqual(['system.failed']);
    expect(heard.text).toContain('111');
    expect(heard.events).toContainEqual(
      expect.objectContaining({ type: 'turn_failed', code: 'unknown_node' }),
    );
    expect(heard.events).toContainEqual(
      expect.objectContaining({ type: 'handover_requested', cause: 'turn_failed' }),
    );
  });

  it('keeps an alarm that was raised before it broke', () => {
    const flows = new Map([...assets.flows].filter(([id]) => id !== 'in-danger'));
    const heard = openConversation({ ...assets, flows }).say('cuu em voi ho giu ho chieu danh em');
    expect(heard.types).toContain('danger_raised');
    expect(heard.events).toContainEqual(
      expect.objectContaining({ type: 'handover_requested', cause: 'danger' }),
    );
    expect(heard.text).toContain('113');
  });

  it('ends a circle of nodes instead of running for ever', () => {
    const flows = new Map(assets.flows);
    flows.set('welcome', {
      path: 'flows/welcome.yaml',
      lines: new Map(),
      id: 'welcome',
      version: 1,
      start: 'a',
      resume: null,
      slots: {},
      args: {},
      results: {},
      migrations: [],
      expressions: new Map(),
      nodes: new Map([
        ['a', { kind: 'set', id: 'a', set: {}, exits: { done: 'b' } }],
        ['b', { kind: 'set', id: 'b', set: {}, exits: { done: 'a' } }],
      ]),
    });
    const heard = openConversation({ ...assets, flows }).take({
      kind: 'start',
      ref: null,
      languageHint: null,
    });
    expect(heard.events).toContainEqual(
      expect.objectContaining({ type: 'turn_failed', code: 'too_many_steps' }),
    );
  });
});

describe('purity', () => {
  it('changes nothing it was given and gives the same for the same', () => {
    const session = startSession('vi');
    const before = JSON.stringify(session);
    const world = {
      now: new Date('2026-11-23T08:00:00Z'),
      newId: () => 'x',
      staffed: true,
      muted: false,
      can: CAN,
    };
    const input = {
      kind: 'text',
      text: 'tuyển cskh campuchia lương 20tr, giữ hộ chiếu',
      forwarded: false,
    } as const;
    const first = takeTurn(assets, session, input, world);
    expect(JSON.stringify(session)).toBe(before);
    expect(takeTurn(assets, session, input, world)).toEqual(first);
  });
});

describe('languages', () => {
  it('answers in English when English was written, and offers nothing it does not have', () => {
    const chat = openConversation(assets);
    const heard = chat.say('hello, I have a question about a job offer, please help');
    expect(heard.types).toContain('language_changed');
    expect(chat.session().language).toBe('en');
  });

  it.each(['vi', 'en'])('says honestly that nobody is on duty (%s)', (language) => {
    const on = openConversation(assets, { staffed: true }, language).say('gặp người thật');
    const off = openConversation(assets, { staffed: false }, language).say('gặp người thật');
    expect(off.text).not.toBe(on.text);
    expect(off.text).toContain('111');
  });

  // the talk below begins on Monday, 23 November, 15:01 in Vietnam
  const shift = (startsAt: string, languages: string[] = []) => ({ startsAt: new Date(startsAt), languages });
  it.each([
    ['today', 'vi', [shift('2026-11-23T18:00:00+07:00')], 'từ 18:00 hôm nay (giờ Việt Nam); lịch có thể đổi'],
    ['today', 'en', [shift('2026-11-23T18:00:00+07:00')], 'from 18:00 today (Vietnam time); it may change'],
    ['tomorrow before dawn', 'vi', [shift('2026-11-24T00:00:00+07:00')], 'từ 00:00 ngày mai'],
    ['in three days', 'vi', [shift('2026-11-26T08:00:00+07:00')], 'từ 08:00 ngày 26/11'],
    [
      'for the first shift that speaks the language',
      'en',
      [shift('2026-11-23T18:00:00+07:00', ['vi']), shift('2026-11-24T08:00:00+07:00', ['en', 'vi'])],
      'from 08:00 tomorrow',
    ],
  ])('says from when on somebody is planned to be there, %s (%s)', (_when, language, shifts, says) => {
    const { text } = openConversation(assets, { staffed: false, shifts }, language).say(
      language === 'en' ? 'person' : 'gặp người thật',
    );
    expect(text).toContain(says);
    expect(text).toContain('111');
  });

  it.each([
    ['nothing is planned', false, []],
    ['somebody is there', true, [shift('2026-11-23T18:00:00+07:00')]],
    ['the shift has begun and nobody came', false, [shift('2026-11-23T14:00:00+07:00')]],
    ['nobody speaks the language', false, [shift('2026-11-23T18:00:00+07:00', ['km'])]],
  ])('says no time when %s', (_why, staffed, shifts) => {
    const { text } = openConversation(assets, { staffed, shifts }).say('gặp người thật');
    expect(text).not.toMatch(/Theo lịch|\d\d:\d\d/);
  });

  it('says nothing of shifts to somebody who may be watched', () => {
    const chat = openConversation(assets, { staffed: false, shifts: [shift('2026-11-23T18:00:00+07:00')] });
    chat.say('cứu vs');
    expect(chat.say('không tiện').text).not.toContain('Theo lịch');
    const asked = chat.say('người');
    expect(asked.keys).toContain('talk-to-a-person.called');
    expect(asked.text).not.toMatch(/lịch|trực/);
  });
});
