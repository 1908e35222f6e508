/** Replaces what is personal and has a form of its own: numbers, money, dates, ages, links, addresses and handles. Pure. */

/** What stands for something that was taken out. Never a word of the text itself. */
export const MARKS = {
  number: '[số]',
  money: '[tiền]',
  date: '[ngày]',
  age: '[tuổi]',
  link: '[link]',
  email: '[e-mail]',
  handle: '[nick]',
  name: '[tên]',
  province: '[tỉnh]',
} as const;
export type Mark = (typeof MARKS)[keyof typeof MARKS];

/** Emergency and child lines: everybody's numbers, and what a question about them is about. */
const PUBLIC_NUMBERS: readonly string[] = ['111', '112', '113', '114', '115'];

const ENDINGS =
  'com|vn|net|org|info|me|io|xyz|top|cc|shop|site|online|club|app|gg|ly|link|tv|asia|biz|co|kh|vip|pro';
const UNITS =
  'k|ng|nghìn|nghin|ngàn|ngan|tr|trieu|triệu|củ|cu|chai|tỷ|tỉ|ty|ti|lít|lit|man|vạn|van|đ|d|đồng|dong|vnd|vnđ|usd|đô|do|\\$|yên|yen|tệ|te|won|euro|ndt|đài tệ|dollars?|thousand|million';

/** In order: what is longer and more certain comes first, so that a later rule never sees half of it. */
const RULES: readonly { find: RegExp; mark: Mark }[] = [
  { find: /[^\s@]+@[^\s@]+\.[^\s@]+/gu, mark: MARKS.email },
  { find: /(?:https?:\/\/|www\.)\S+/giu, mark: MARKS.link },
  {
    find: new RegExp(
      `(?<![\\p{L}\\p{N}])[\\p{L}\\p{N}-]+(?:\\.[\\p{L}\\p{N}-]+)*\\.(?:${ENDINGS})(?![\\p{L}\\p{N}])(?:\\/\\S*)?`,
      'giu',
    ),
    mark: MARKS.link,
  },
  { find: /(?<![\p{L}\p{N}])@[\p{L}\p{N}_.-]{2,}/gu, mark: MARKS.handle },
  // a name with an underscore or with letters, dots and figures mixed: an account somewhere
  { find: /(?<![\p{L}\p{N}])[\p{L}\p{N}.-]*_[\p{L}\p{N}_.-]*/gu, mark: MARKS.handle },
  // figures and their look-alikes, however they are set apart: at least seven
  {
    find: /[+(]?(?<![\p{L}\d])[\doOlI](?:[\s.,()\-–_]{0,3}[\doOlI]){6,}(?![\p{L}\d])/gu,
    mark: MARKS.number,
  },
  {
    find: new RegExp(
      `(?<![\\d])\\$?\\d[\\d.,]*\\s*(?:-|đến|den|tới|toi)?\\s*(?:\\d[\\d.,]*\\s*)?(?:${UNITS})(?:\\d{1,3})?(?![\\p{L}\\d])`,
      'giu',
    ),
    mark: MARKS.money,
  },
  { find: /\$\s*\d[\d.,]*/gu, mark: MARKS.money },
  {
    find: /(?:ngày|ngay|hôm|hom|mùng|mung|mồng|mong)?\s*(?<!\d)\d{1,2}\s*(?:tháng|thang|th)\s*\d{1,2}(?:\s*(?:năm|nam)\s*\d{2,4})?(?!\d)/giu,
    mark: MARKS.date,
  },
  {
    find: /(?<!\d)\d{1,2}\s*[/.-]\s*\d{1,2}(?:\s*[/.-]\s*(?:19|20)?\d{2})?(?![\d]|\s*[/.-]\s*\d)/gu,
    mark: MARKS.date,
  },
  { find: /(?:sinh\s+(?:năm|nam|ngày|ngay)|sn|s\.n)\s*:?\s*\d{2,4}(?!\d)/giu, mark: MARKS.date },
  { find: /(?<!\d)\d{1,2}\s*(?:tuổi|tuoi|t)(?![\p{L}\d])/giu, mark: MARKS.age },
  // letters and figures in one word: passports, plates, booking codes
  {
    find: /(?<![\p{L}\p{N}])(?=[\p{L}\p{N}-]*\d)(?=[\p{L}\p{N}-]*\p{L})[\p{L}\p{N}-]{4,}(?:[.\s]\d+)*/gu,
    mark: MARKS.number,
  },
];

/** Takes the forms out; spaces around a mark are kept, neighbours that are the same mark become one. */
export function maskForms(text: string): string {
  const clean = text.normalize('NFKC').replace(/[\ufe0f\u20e3\u200b-\u200f\u202a-\u202e\u2060-\u2064]/gu, '');
  const masked = RULES.reduce((rest, { find, mark }) => outsideMarks(rest, find, mark), clean);
  const numbered = outsideMarks(masked, /\d+(?:[.,]\d+)*/gu, (found) =>
    PUBLIC_NUMBERS.includes(found) ? found : ` ${MARKS.number} `,
  );
  return numbered
    .replace(/\s+/gu, ' ')
    .replace(/(\[[^\]]+\])(?: \1)+/gu, '$1')
    .trim();
}

/** A rule must not read into a mark an earlier one left. */
function outsideMarks(text: string, find: RegExp, put: Mark | ((found: string) => string)): string {
  return text
    .split(/(\[(?:số|tiền|ngày|tuổi|link|e-mail|nick|tên|tỉnh)\])/u)
    .map((part, at) => {
      if (at % 2 === 1) return part;
      return part.replace(find, (found: string) =>
        typeof put === 'string' ? (/\p{N}|[@_./]/u.test(found) ? ` ${put} ` : found) : put(found),
      );
    })
    .join('');
}
