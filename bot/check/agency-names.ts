/** How the name of a company is taken apart: legal form, generic phrases, and the core that tells it from others. */
import { fold } from '../understand/normalise.ts';

/** A company name as the matcher sees it. All words folded, in the order written. */
export interface NameParts {
  /** every word except legal forms and "và" */
  words: readonly string[];
  /** the distinctive words: what is left without generic phrases */
  core: readonly string[];
  /** generic words that were written */
  generic: readonly string[];
  /** `words` without spaces: "labcoop", "trienviet" */
  joined: string;
  /** everything written, legal forms too, without spaces */
  spelled: string;
  /** `core` without spaces */
  coreJoined: string;
}

/** Legal forms: never part of a name. Longest first within the table. */
const LEGAL_FORMS = [
  'trach nhiem huu han mot thanh vien',
  'trach nhiem huu han',
  'joint stock company',
  'company limited',
  'tong cong ty',
  'mot thanh vien',
  'cong ty',
  'co phan',
  'tong cty',
  'cong ti',
  'co ltd',
  'cty',
  'ctcp',
  'cti',
  'tnhh',
  'mtv',
  'cp',
  'jsc',
  'jstock',
  'ltd',
  'corp',
  'corporation',
  'inc',
  'limited',
  'company',
  'cor',
  'co',
];

/**
 * What the company does, not who it is. Read from the names of the register itself; a phrase is here
 * when it stands in several unrelated names.
 */
const GENERIC_PHRASES = [
  'xuat khau lao dong',
  'xuat nhap khau',
  'nguon nhan luc',
  'nhan luc',
  'nhan su',
  'quoc te',
  'thuong mai',
  'dau tu',
  'cung ung',
  'cung cap',
  'dich vu',
  'phat trien',
  'xay dung',
  'xay lap',
  'hop tac',
  'lao dong',
  'ngoai nuoc',
  'nuoc ngoai',
  'dao tao',
  'huan luyen',
  'viet nam',
  'van tai',
  'van tai bien',
  'tau bien',
  'hang hai',
  'hang khong',
  'du lich',
  'lu hanh',
  'tu van',
  'du hoc',
  'ky thuat',
  'san xuat',
  'kinh doanh',
  'tong hop',
  'chuyen gia',
  'cong nghiep',
  'nong nghiep',
  'cong nghe cao',
  'cong nghe moi',
  'cong nghe',
  'giao duc',
  'giao luu',
  'chuyen giao',
  'tai chinh',
  'truyen thong',
  'ket noi',
  'lien ket',
  'quan ly',
  'tap doan',
  'trung tam',
  'viec lam',
  'vat tu',
  'thiet bi',
  'kinh te',
  'co khi',
  'thuy san',
  'vien du hoc',
  'thue tau',
  'xnk',
  'xkld',
  'vn',
  'hr',
  'tm',
  'dv',
  'xd',
  'qt',
  'dt',
  'tmdv',
  'nnl',
  'human resources',
  'human resource',
  'manpower',
  'human',
  'resources',
  'international',
  'intl',
  'development',
  'investment',
  'commercial',
  'trade',
  'trading',
  'service',
  'services',
  'group',
  'vietnam',
  'labour',
  'labor',
  'supply',
  'cooperation',
  'overseas',
  'travel',
  'invest',
  'and',
  'voi',
  'den',
];

/** Words that say only "this is a labour-export firm": adding them does not make another name of it. */
const FREE_DESCRIPTORS = new Set(['xuat khau lao dong']);

/** What people write in front of a name and behind it when they ask about a firm. */
const LEADS = [
  'cho em hoi',
  'cho minh hoi',
  'cho toi hoi',
  'cho hoi',
  'em muon hoi',
  'em hoi',
  'minh hoi',
  'hoi ve',
  'kiem tra giup em',
  'kiem tra giup',
  'kiem tra',
  'check giup',
  'tra giup',
  'xem giup',
  'ten cong ty la',
  'cong ty ten la',
  'cong ty ten',
  'ten la',
  'o ben',
  'qua ben',
  'ben cong ty',
  'ben',
  'cua',
];
const TAILS = [
  'co uy tin khong',
  'co that khong',
  'co giay phep khong',
  'co on khong',
  'co phep khong',
  'khong a',
  'nhe',
  'nha',
  'vay',
  'thi sao',
  'a',
];

const ABBREVIATIONS: Readonly<Record<string, string>> = {
  xnk: 'xuat nhap khau',
  xkld: 'xuat khau lao dong',
  tm: 'thuong mai',
  dv: 'dich vu',
  tmdv: 'thuong mai dich vu',
  xd: 'xay dung',
  qt: 'quoc te',
  dt: 'dau tu',
  nnl: 'nguon nhan luc',
  vn: 'viet nam',
  vietnam: 'viet nam',
  pt: 'phat trien',
  ptnl: 'phat trien nhan luc',
  nl: 'nhan luc',
  cu: 'cung ung',
  ht: 'hop tac',
  ld: 'lao dong',
  intl: 'international',
  tt: 'trung tam',
};

const LEGAL = toPhraseIndex(LEGAL_FORMS);
const GENERIC = toPhraseIndex(GENERIC_PHRASES);
const FRONT = LEADS.map((phrase) => phrase.split(' '));
const BACK = TAILS.map((phrase) => phrase.split(' '));
/** The number of a licence is no part of a name: see `readLicenceNumber`. */
const LICENCE =
  /(?:\b(?:giay phep|gp|gpxkld)\s*(?:so|:)*\s*)?\d{1,4}\s*\/\s*(?:\d{4}\s*\/\s*)?s?\s?(?:b?ldtbxh|bnv|snv)\s*[-–]?\s*gp/gu;

/** Splits a name; understands dotted letters ("C.E.O"), "&" and glued punctuation ("VINACO.,JSC"). */
export function splitName(name: string): NameParts {
  const spelled = expand(withoutFrame(toWords(name)));
  const withoutLegal = dropPhrases(spelled, LEGAL).filter((word) => word !== 'va');
  const core: string[] = [];
  const generic: string[] = [];
  for (const part of tagPhrases(withoutLegal, GENERIC)) {
    if (part.known) generic.push(part.phrase);
    else core.push(part.phrase);
  }
  const words = withoutLegal;
  return {
    words,
    core,
    generic,
    joined: words.join(''),
    spelled: spelled.join(''),
    coreJoined: core.join(''),
  };
}

/** The first licence number of a text in one spelling, "12/ldtbxh-gp"; "…/sldtbxh-gp" is one of a provincial job centre. */
export function readLicenceNumber(text: string): string | null {
  const found = fold(text.toLowerCase()).match(LICENCE)?.[0] ?? '';
  const compact = found.replace(/\s+/gu, '').replace('–', '-');
  return /\d{1,4}\/.*$/u.exec(compact)?.[0] ?? null;
}

/** True for a phrase that may be added to a name without changing it ("xkld LOD" is still LOD). */
export function isFreeDescriptor(phrase: string): boolean {
  return FREE_DESCRIPTORS.has(phrase);
}

/** Folded words of a text: letters and digits; dotted single letters are glued. */
export function toWords(text: string): string[] {
  const folded = fold(text.toLowerCase())
    .replace(LICENCE, ' ')
    .replace(/['’`]/g, '')
    .replace(/\b([a-z0-9])&([a-z0-9])\b/g, '$1$2')
    .replace(/&/g, ' va ')
    .replace(/\b(?:[a-z]\.){1,}[a-z]\b(?!\w)/g, (letters) => letters.replaceAll('.', ''));
  return folded.split(/[^a-z0-9]+/).filter((word) => word !== '');
}

/** "cho em hỏi công ty X ạ" → "công ty X". A name that is nothing but such words stays as it is. */
function withoutFrame(words: readonly string[]): readonly string[] {
  const front = FRONT.find((phrase) => phrase.every((word, at) => words[at] === word));
  const rest = front === undefined ? words : words.slice(front.length);
  const back = BACK.find((phrase) =>
    phrase.every((word, at) => rest[rest.length - phrase.length + at] === word),
  );
  const middle = back === undefined ? rest : rest.slice(0, rest.length - back.length);
  return middle.length === 0 ? words : middle;
}

function expand(words: readonly string[]): string[] {
  return words.flatMap((word) =>
    Object.hasOwn(ABBREVIATIONS, word) ? (ABBREVIATIONS[word] ?? word).split(' ') : [word],
  );
}

type PhraseIndex = ReadonlyMap<string, readonly (readonly string[])[]>;

function toPhraseIndex(phrases: readonly string[]): PhraseIndex {
  const index = new Map<string, string[][]>();
  for (const phrase of phrases) {
    const words = phrase.split(' ');
    const first = words[0] ?? '';
    index.set(
      first,
      [...(index.get(first) ?? []), words].sort((a, b) => b.length - a.length),
    );
  }
  return index;
}

function phraseAt(words: readonly string[], at: number, index: PhraseIndex): readonly string[] | undefined {
  const first = words[at];
  if (first === undefined) return undefined;
  return index.get(first)?.find((phrase) => phrase.every((word, offset) => words[at + offset] === word));
}

function tagPhrases(words: readonly string[], index: PhraseIndex): { phrase: string; known: boolean }[] {
  const parts: { phrase: string; known: boolean }[] = [];
  for (let at = 0; at < words.length;) {
    const phrase = phraseAt(words, at, index);
    parts.push({ phrase: phrase?.join(' ') ?? words[at] ?? '', known: phrase !== undefined });
    at += phrase?.length ?? 1;
  }
  return parts;
}

function dropPhrases(words: readonly string[], index: PhraseIndex): string[] {
  return tagPhrases(words, index)
    .filter((part) => !part.known)
    .map((part) => part.phrase);
}
