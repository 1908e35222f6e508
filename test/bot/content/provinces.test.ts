/** The province register: all old names lead somewhere, and a fault in it is reported with its line. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { findProvinceFaults, ProvincesFileSchema } from '../../../bot/content/provinces.ts';
import { readYaml } from '../../../bot/content/yaml.ts';
import { type AssetSource, loadAssets } from '../../../bot/index.ts';
import { readProvince } from '../../../bot/understand/slots/read-slot.ts';
import { readSources } from '../../support/assets.ts';
import { provinces } from '../understand/slots/registers.ts';

/** The 63 provinces and cities of before July 2025 and what they belong to now. */
const BEFORE_2025: readonly (readonly [id: string, names: string])[] = [
  ['ha-noi', 'Hà Nội'],
  ['hue', 'Thừa Thiên Huế'],
  ['lai-chau', 'Lai Châu'],
  ['dien-bien', 'Điện Biên'],
  ['son-la', 'Sơn La'],
  ['lang-son', 'Lạng Sơn'],
  ['quang-ninh', 'Quảng Ninh'],
  ['thanh-hoa', 'Thanh Hóa'],
  ['nghe-an', 'Nghệ An'],
  ['ha-tinh', 'Hà Tĩnh'],
  ['cao-bang', 'Cao Bằng'],
  ['tuyen-quang', 'Tuyên Quang, Hà Giang'],
  ['lao-cai', 'Lào Cai, Yên Bái'],
  ['thai-nguyen', 'Thái Nguyên, Bắc Kạn'],
  ['phu-tho', 'Phú Thọ, Vĩnh Phúc, Hòa Bình'],
  ['bac-ninh', 'Bắc Ninh, Bắc Giang'],
  ['hung-yen', 'Hưng Yên, Thái Bình'],
  ['hai-phong', 'Hải Phòng, Hải Dương'],
  ['ninh-binh', 'Ninh Bình, Hà Nam, Nam Định'],
  ['quang-tri', 'Quảng Trị, Quảng Bình'],
  ['da-nang', 'Đà Nẵng, Quảng Nam'],
  ['quang-ngai', 'Quảng Ngãi, Kon Tum'],
  ['gia-lai', 'Gia Lai, Bình Định'],
  ['khanh-hoa', 'Khánh Hòa, Ninh Thuận'],
  ['lam-dong', 'Lâm Đồng, Đắk Nông, Bình Thuận'],
  ['dak-lak', 'Đắk Lắk, Phú Yên'],
  ['ho-chi-minh', 'Hồ Chí Minh, Bình Dương, Bà Rịa - Vũng Tàu'],
  ['dong-nai', 'Đồng Nai, Bình Phước'],
  ['tay-ninh', 'Tây Ninh, Long An'],
  ['can-tho', 'Cần Thơ, Sóc Trăng, Hậu Giang'],
  ['vinh-long', 'Vĩnh Long, Bến Tre, Trà Vinh'],
  ['dong-thap', 'Đồng Tháp, Tiền Giang'],
  ['ca-mau', 'Cà Mau, Bạc Liêu'],
  ['an-giang', 'An Giang, Kiên Giang'],
];
const withoutMarks = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/đ/g, 'd')
    .replace(/Đ/g, 'D');
const rows = BEFORE_2025.flatMap(([id, names]) => names.split(', ').map((name) => [name, id] as const));

describe('the province register', () => {
  it('has 34 entries, nine of them cities since September 2026', () => {
    expect(provinces.map(({ id }) => id).sort()).toEqual(BEFORE_2025.map(([id]) => id).sort());
    expect(
      provinces
        .filter(({ kind }) => kind === 'city')
        .map(({ id }) => id)
        .sort(),
    ).toEqual('bac-ninh can-tho da-nang dong-nai ha-noi hai-phong ho-chi-minh hue quang-ninh'.split(' '));
  });

  it('knows 63 old names', () => {
    expect(rows.length).toBe(63);
  });

  it.each(rows)('leads %s to %s, with and without marks', (name, id) => {
    expect([name, withoutMarks(name)].map((text) => readProvince(provinces, text))).toEqual([
      { kind: 'read', value: id },
      { kind: 'read', value: id },
    ]);
  });

  it('calls an entry as its name without marks', () => {
    const short = provinces.map(({ name }) =>
      withoutMarks(name.vi)
        .toLowerCase()
        .replace(/^thanh pho /, ''),
    );
    expect(provinces.map(({ id }) => id)).toEqual(short.map((name) => name.replace(/ /g, '-')));
  });

  it.each(provinces.flatMap(({ id, formerly, typed }) => [...formerly, ...typed].map((name) => [name, id])))(
    'leads "%s" to %s',
    (name, value) => {
      expect(readProvince(provinces, name.replace('!', ''))).toEqual({ kind: 'read', value });
    },
  );
});

const entry = (id: string, vi: string, formerly = '', typed = ''): string =>
  `  - id: ${id}\n    name: { vi: ${vi}, en: ${vi} }\n    kind: province\n    formerly: [${formerly}]\n    typed: [${typed}]\n`;

describe('a fault of the province register', () => {
  it.each([
    ['an id given twice', entry('a', 'A') + entry('a', 'B'), 7, 'two provinces are called "a"'],
    [
      'an old name given twice',
      entry('a', 'A', 'Cũ') + entry('b', 'B', 'Cũ'),
      10,
      'the name "Cũ" leads to a and to b',
    ],
    [
      'an old name without its marks',
      entry('a', 'A', 'Cũ') + entry('b', 'B', '', 'cu'),
      11,
      'the name "cu" leads to a and to b',
    ],
    [
      'the name of another one',
      entry('a', 'A') + entry('b', 'B', 'A'),
      10,
      'the name "A" leads to a and to b',
    ],
    ['a name twice in one entry', entry('a', 'A', 'Cũ', 'cũ'), 6, 'a: the name "cũ" stands there twice'],
  ])('%s is reported with line and mend', (_what, entries, line, message) => {
    const result = readYaml({ path: 'provinces.yaml', text: `provinces:\n${entries}` });
    if (!result.ok) throw new Error('the test file is no YAML');
    const faults = findProvinceFaults(result.file, ProvincesFileSchema.parse(result.file.data).provinces);
    expect(faults).toMatchObject([{ severity: 'error', line, message }]);
    expect(faults[0]?.mend.length).toBeGreaterThan(5);
  });

  describe('stops the start', () => {
    let sources: readonly AssetSource[];
    beforeAll(async () => {
      sources = await readSources();
    });
    const path = 'content/registers/provinces.yaml';
    const messagesWith = (change: (text: string) => string): readonly string[] => {
      const changed = sources.map((source) =>
        source.path === path ? { ...source, text: change(source.text) } : source,
      );
      const result = loadAssets(changed);
      return result.ok
        ? []
        : result.problems.filter((problem) => problem.path === path).map(({ message }) => message);
    };

    it.each([
      ['a missing field', (text: string) => text.replace('    kind: city\n', ''), /kind/],
      ['an unknown kind', (text: string) => text.replace('kind: city', 'kind: town'), /kind/],
      [
        'an unknown field',
        (text: string) => text.replace('kind: city', 'kind: city\n    colour: red'),
        /colour/,
      ],
      [
        'an old name given twice',
        (text: string) => text.replace('[Hà Giang]', '[Yên Bái]'),
        /"Yên Bái" leads to/,
      ],
    ])('%s', (_what, change, message) => {
      expect(messagesWith(change).join('\n')).toMatch(message);
    });
  });

  it('is absent from the register as it is', async () => {
    expect(loadAssets(await readSources())).toMatchObject({
      ok: true,
      assets: { provinces: { length: 34 } },
    });
  });
});
