import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Fact, FactSchema } from '../../../bot/content/facts.ts';
import { fillReferences } from '../../../bot/content/references.ts';
import {
  createTypedFacts,
  type FindTypedFacts,
  TYPED_FACTS_PATH,
  TypedFactsFileSchema,
} from '../../../bot/content/typed-facts.ts';
import { parse } from 'yaml';
import { repositoryRoot } from '../../support/assets.ts';

const office: Fact = FactSchema.parse({
  id: 'office-trial',
  kind: 'office',
  display: 'live',
  confidence: 'confirmed',
  value: { vi: 'Sở Thử Nghiệm', en: 'Trial Department' },
  says: 'Where trials are made.',
  source: 'a book',
  source_date: null,
  checked: '2026-11-22',
  expires: '2027-05-22',
  owner: 'editor',
  instead: { vi: 'xã, phường', en: 'the commune' },
});

let find: FindTypedFacts;
beforeAll(async () => {
  const file = TypedFactsFileSchema.parse(
    parse(await readFile(join(repositoryRoot, TYPED_FACTS_PATH), 'utf8')),
  );
  find = createTypedFacts(file, [office]);
});

describe('a fact typed into a text is found', () => {
  it.each([
    ['vi', 'Bạn được ở tới 120 ngày.', 'a figure', '120 ngày'],
    ['vi', 'Luật có từ 1/7/2025.', 'a figure', '1/7/2025'],
    ['vi', 'Điều 32 nói vậy.', 'a figure', '32 nói'],
    ['vi', 'Phạt tới 50%.', 'a figure', '50%'],
    ['vi', 'Bạn khai Mẫu số 07.', 'a figure', '07'],
    ['vi', 'Nộp tối đa hai mươi triệu đồng.', 'an amount', 'mươi triệu'],
    ['vi', 'Theo Bộ luật Hình sự thì có.', 'a law', 'Bộ luật Hình'],
    ['vi', 'Theo Luật Trẻ em thì có.', 'a law', 'Luật Trẻ'],
    ['vi', 'Xem [[law-trafficking]] và Nghị định mới.', 'a law', 'Nghị định'],
    ['vi', 'Bạn tới công an huyện.', 'an office that no longer exists', 'công an huyện'],
    ['vi', 'Bạn hỏi Sở Thử Nghiệm nhé.', 'words of the register', 'Sở Thử Nghiệm'],
    ['vi', 'Viết tới nguoi@example.org nhé.', 'an address', 'nguoi@example.org'],
    ['vi', 'Xem ở tin.example.vn nhé.', 'an address', 'tin.example.vn'],
    ['vi', 'Gọi [[vn-111]] hoặc 0981848484.', 'a telephone number', '0981848484'],
    ['vi', '{place, select, vn {Bạn gọi 113.} other {Bạn gọi {numbers}}}', 'a telephone number', '113'],
    ['vi', '{n, plural, =1 {một việc} other {# việc trong 9 ngày}}', 'a figure', '9 ngày'],
    ['en', 'You may stay for 120 days.', 'a figure', '120 days'],
    ['en', 'It costs twenty million đồng.', 'an amount', 'twenty million'],
    ['en', 'See the Penal Code.', 'a law', 'Penal Code'],
    ['en', 'Ask the Trial Department.', 'words of the register', 'Trial Department'],
    ['en', 'Go to the district police.', 'an office that no longer exists', 'district police'],
    ['km-VN', 'trong 120 x', 'a figure', '120 x'],
  ])('%s: %s', (language, text, what, said) => {
    expect(find(text, language, 'text')).toMatchObject([{ what, said, mend: expect.stringMatching(/\w/) }]);
  });

  it.each([
    ['the age somebody has to be', 'Người dưới 18 tuổi thì không được đi.', 'a figure'],
    ['a law', 'Thắm đọc Nghị định mới.', 'a law'],
    ['an office of the register', 'Thắm hỏi Sở Thử Nghiệm.', 'words of the register'],
  ])('in a story: %s', (_what, text, what) => {
    expect(find(text, 'vi', 'story').map((found) => found.what)).toEqual([what]);
  });
});

describe('what states nothing of the world is left alone', () => {
  it.each([
    ['a reference', 'vi', 'text', 'Gọi [[vn-111]], theo [[law-53]].'],
    ['a placeholder with a figure in its name', 'vi', 'text', 'Bạn chọn {name2} nhé.'],
    ['keys of a choice in the text', 'en', 'text', '{n, plural, =1 {one} other {# things}}'],
    ['the number of a button', 'vi', 'text', 'Bạn bấm 1 là viết được, 2 là không tiện.'],
    ['how long it takes', 'vi', 'text', 'Bài này khoảng 5 phút.'],
    ['an example', 'vi', 'text', 'Ví dụ “20 triệu một tháng”.'],
    ['an example in English', 'en', 'text', 'For example “write here, after 7 in the evening”.'],
    ['law as an everyday word', 'vi', 'text', 'Luật không cho thu tiền này. Mình không tư vấn luật.'],
    ['number words', 'vi', 'text', 'Nói với họ là bạn cần ba ngày.'],
    ['what somebody was offered in a story', 'vi', 'story', 'Bà nói: “Nhà mình được 100 triệu.”'],
    ['an amount in a story', 'vi', 'story', 'Họ hứa hai mươi triệu đồng.'],
    ['how old somebody in a story is', 'vi', 'story', 'Hân 19 tuổi, phụ bán quán ăn.'],
    ['the same in English', 'en', 'story', 'Hân is 19 and helps in an eatery.'],
  ] as const)('%s', (_what, language, kind, text) => {
    expect(find(text, language, kind)).toEqual([]);
  });
});

it('fills a reference in a section of a lesson as in a message', () => {
  const registers = { facts: new Map([[office.id, office]]), hotlines: new Map() };
  const say = (day: string, language: string): string =>
    fillReferences(registers, language, new Date(day), 'Hỏi [[office-trial]] nhé[[nowhere]].');
  expect([
    say('2026-11-25T00:00:00Z', 'vi'),
    say('2026-11-25T00:00:00Z', 'en'),
    say('2027-05-22T00:00:00Z', 'vi'),
  ]).toEqual(['Hỏi Sở Thử Nghiệm nhé.', 'Hỏi Trial Department nhé.', 'Hỏi xã, phường nhé.']);
});
