/** Finds the company a long advertisement speaks of: names after "công ty", "cty", "bên" …, and codes of the register. */
import type { Normalised, Span, Token } from '../understand/text.ts';
import { findExactRows, matchAgency } from './agencies.ts';
import type { AgencyRegister } from './agencies.ts';
import { splitName } from './agency-names.ts';
import type { AgencyMatch } from './offer.ts';

export interface MentionFound {
  span: Span;
  match: AgencyMatch;
  /** a name of the register with something added: "Traenco Nghệ An" */
  isExtended: boolean;
}

const CUES = [
  'tong cong ty',
  'cong ty',
  'cong ti',
  'ctcp',
  'tap doan',
  'trung tam',
  'doanh nghiep',
  'xuat khau lao dong',
  'ben',
  'cty',
];

/** Words that end a name. Typed without marks only those count that are no part of a name. */
const STOPS = new Set(
  'đổi ứng bắt lo sẽ họ tuyển tuyen nhận cần đang dang cho có co ở o tại tai đi di sang qua thu yêu gửi mời mở hỗ là la này đó do ấy kia em mình minh với ký lương luong báo bảo nói noi hứa giữ giu đưa dua xin phí phi nộp nop hẹn tổ không khong k uy trả tra sẽ se đã da vừa mới moi rồi roi nào nao gì gi ạ thì thi mà ma nên nhưng nhung hay đơn don thông thong phỏng phong cam bay lấy lay theo trong ngoài tên ten zalo ib inbox nhưng bí đòi doi kêu keu rủ ru chuyển chuyen đóng dong ban bán sale nhắn nhan vào vao để de từ tu trên tren hàng đầu chuyên nữ nam lao bên nhóm cơ cọc coc recruits recruit is needs hiring của cua về ve thật that lừa lua chi ctv giới khi nếu cũng đều giục hối thưởng chỉ đăng cấp mạo giả tự xưng mượn chưa chua báo thấy bảo lãnh phát lên duyệt ra quảng tổng'.split(
    ' ',
  ),
);

/** Said of companies without naming one: "cty lạ", "công ty may", "trung tâm môi giới". */
const DESCRIPTIONS = new Set(
  'doi giai tri truc tuyen to chuc uy quyen lien doanh da quoc gia co phan nguoi viet trung quoc phu trach chi tra lo het ung tien bat thu hua bao rua xe ca gia tau bien sach hoa chat det nhuom in hop tac bong den vang may dien tu giay da thuc pham nuoc ngoai lon nho tin lua dao moi gioi that ma x y abc gi nao ten kia chu game online ben canh minh bi mat gan do o la nay no to me con nha may xuong khu chung tap anh chi em bac co chu ong ba ho nguoi ta an ninh ve si bao ve cham soc khach hang san xuat linh kien nhua go co khi det su hao uy mot vai nhieu cac nhung gia dinh tu nhan van phong viec lam truyen thong quang cao tiep thi hoc ngu tieng ngoai nhat han dai trung duc uc my campuchia lao thai singapore dich vu du lich visa mua ban bat dong san phan phoi xay dung van chuyen giao nhan hang logistics so 1 hang dau tot moi mo nao day'.split(
    ' ',
  ),
);

/** Codes of the register that are also everyday words: only after a cue. */
const EVERYDAY_CODES = new Set(
  'lotus alliance subaru coma invest nhantai mailinh vietravel ceo abc tic flc ktm sea hr vhc adc msa pct tg vica hanel top mirai ims mif tsc vid ism dg ivc cics sona'.split(
    ' ',
  ),
);
/** Said before anybody's name, not only a company's: after these only names of the register count. */
const LOOSE_CUES = new Set(['ben', 'trung tam', 'doanh nghiep', 'xuat khau lao dong']);
/** Who acts stands before these: "Labcop tuyển thực tập sinh". */
const ACTS = new Set(['tuyen', 'thong', 'recruits', 'recruit', 'mo', 'nhan']);
const MAX_NAME_WORDS = 14;
const MIN_BARE_CODE = 4;

/** @returns the company named: one of the register first, else the first that looks like a name; or null */
export function findAgencyMention(
  register: AgencyRegister,
  text: Normalised,
  now: Date,
): MentionFound | null {
  const tokens = text.tokens;
  const mentions: MentionFound[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const cue = cueAt(tokens, at);
    const mention =
      cue === null ? readBareCode(register, text, at, now) : readName(register, text, at, cue, now);
    if (mention?.match.kind === 'exact') return mention;
    if (mention !== null) mentions.push(mention);
  }
  return mentions[0] ?? readSubject(register, text, now);
}

function cueAt(tokens: readonly Token[], at: number): string | null {
  return (
    CUES.find((cue) => cue.split(' ').every((word, offset) => tokens[at + offset]?.folded === word)) ?? null
  );
}

function readName(
  register: AgencyRegister,
  text: Normalised,
  at: number,
  cue: string,
  now: Date,
): MentionFound | null {
  const start = at + cue.split(' ').length;
  const end = nameEnd(text.tokens, start);
  const exact = longestExact(register, text, at, start, end, now);
  if (exact !== null) return exact;
  if (end === start || LOOSE_CUES.has(cue) || !isRealName(text, start, end)) return null;
  return found(register, text, at, end, now);
}

/** One unknown word that acts like a firm and looks like a name of the register: "Suleko tuyển …". */
function readSubject(register: AgencyRegister, text: Normalised, now: Date): MentionFound | null {
  const [subject, verb] = text.tokens;
  if (subject === undefined || verb === undefined || subject.folded.length < MIN_BARE_CODE + 1) return null;
  if (!ACTS.has(verb.folded) || subject.text !== subject.folded) return null;
  const mention = found(register, text, 0, 1, now);
  return mention.match.kind === 'similar' ? { ...mention, isExtended: true } : null;
}

function nameEnd(tokens: readonly Token[], start: number): number {
  let end = start;
  while (end < tokens.length && end - start < MAX_NAME_WORDS) {
    const token = tokens[end];
    if (token === undefined || token.breakBefore || STOPS.has(token.text) || /^\d+$/u.test(token.text)) break;
    if (token.folded === 'bao' && /^(?:an|o|phi|dau|tro|ve|het)$/u.test(tokens[end + 1]?.folded ?? '')) break;
    end += 1;
  }
  return end;
}

/** The longest stretch that is a name of the register, unless a place or a capital follows: then it is another name. */
function longestExact(
  register: AgencyRegister,
  text: Normalised,
  cue: number,
  start: number,
  end: number,
  now: Date,
): MentionFound | null {
  const furthest = Math.min(text.tokens.length, Math.max(end, start + MAX_NAME_WORDS));
  for (let to = furthest; to > start; to -= 1) {
    if (!endsLikeAName(register, text.tokens[to - 1])) continue;
    for (const from of cue === start ? [start] : [cue, start]) {
      if (findExactRows(register, sliceOf(text, from, to)).length === 0) continue;
      const mention = found(register, text, from, to, now);
      if (to > end && to - from < 5) continue;
      if (to < end && goesOn(text, to)) return { ...found(register, text, from, end, now), isExtended: true };
      return mention;
    }
  }
  return null;
}

/** Every name of the register ends in one of its words; a cheap look before the exact one. */
function endsLikeAName(register: AgencyRegister, token: Token | undefined): boolean {
  return token !== undefined && (register.weightOf.has(token.folded) || register.byJoined.has(token.folded));
}

const CITIES = new Set(
  'ha noi|nghe an|thanh hoa|ha tinh|hai phong|hai duong|bac ninh|bac giang|hung yen|nam dinh|thai binh|thai nguyen|phu tho|vinh phuc|sai gon|ho chi|da nang|quang binh|quang tri|quang nam|quang ngai|gia lai|dak lak|can tho|dong nai|binh duong|long an|tay ninh|dong thap|kien giang|ca mau|lao cai|yen bai|son la|hoa binh|lang son|cao bang|ha giang|quang ninh|mien nam|mien bac|mien trung|chi nhanh|viet nam'.split(
    '|',
  ),
);

function goesOn(text: Normalised, at: number): boolean {
  const [next, after] = [text.tokens[at], text.tokens[at + 1]];
  if (next === undefined) return false;
  if (CITIES.has(`${next.folded} ${after?.folded ?? ''}`)) return true;
  return isCased(text.raw) && startsWithCapital(text, next);
}

/** A code standing alone: long enough, no everyday word; short ones only in capitals in a text that has small letters. */
function readBareCode(
  register: AgencyRegister,
  text: Normalised,
  at: number,
  now: Date,
): MentionFound | null {
  const token = text.tokens[at];
  if (token === undefined || EVERYDAY_CODES.has(token.folded)) return null;
  const known = register.byJoined.get(token.folded);
  if (known === undefined || !known.some((name) => name.parts.joined.length >= 2)) return null;
  const written = text.raw.slice(token.start, token.end);
  const isShort = token.folded.length < MIN_BARE_CODE;
  const isSubject = at === 0 && ACTS.has(text.tokens[1]?.folded ?? '');
  if (
    isShort &&
    !isSubject &&
    !(isCased(text.raw) && written === written.toUpperCase() && /[A-Z]/u.test(written))
  )
    return null;
  if (!isShort && token.text !== token.folded) return null;
  const end = nameEnd(text.tokens, at);
  return longestExact(register, text, at, at, Math.max(end, at + 1), now);
}

function found(
  register: AgencyRegister,
  text: Normalised,
  from: number,
  to: number,
  now: Date,
): MentionFound {
  const span = { start: text.tokens[from]?.start ?? 0, end: text.tokens[to - 1]?.end ?? 0 };
  return { span, match: matchAgency(register, text.raw.slice(span.start, span.end), now), isExtended: false };
}

function sliceOf(text: Normalised, from: number, to: number): string {
  return text.raw.slice(text.tokens[from]?.start ?? 0, text.tokens[to - 1]?.end ?? 0);
}

/** In a text with capitals a name has one; in small letters it has words nobody uses to describe a company. */
function isRealName(text: Normalised, start: number, end: number): boolean {
  const tokens = text.tokens.slice(start, end);
  if (isCased(text.raw)) {
    return tokens.some(
      (token) =>
        startsWithCapital(text, token) &&
        splitName(token.folded).core.length > 0 &&
        !DESCRIPTIONS.has(token.folded),
    );
  }
  const parts = splitName(tokens.map((token) => token.folded).join(' '));
  return parts.core.some((word) => !DESCRIPTIONS.has(word) && word.length > 1 && !/^\d/u.test(word));
}

function startsWithCapital(text: Normalised, token: Token): boolean {
  const first = text.raw.charAt(token.start);
  return first !== first.toLowerCase();
}

function isCased(raw: string): boolean {
  return /\p{Lu}/u.test(raw.slice(1)) && /\p{Ll}/u.test(raw);
}
