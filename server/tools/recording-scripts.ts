/** The scripts of the texts that are voiced first: what to say, when it is heard, how to speak, and when to record again. */
import { parse } from 'yaml';
import { z } from 'zod';
import { type Assets, findMessage, type Message, renderText, UNDATED } from '../../bot/index.ts';

const VoiceFirstSchema = z.strictObject({
  groups: z
    .array(
      z.strictObject({
        group: z.string().min(1),
        how: z.string().min(1),
        texts: z.array(z.strictObject({ key: z.string(), when: z.string().min(1) })).min(1),
      }),
    )
    .min(1),
});
export type VoiceFirst = z.infer<typeof VoiceFirstSchema>;

/** @throws Error naming what is wrong: a key that is gone, or one that stands there twice */
export function readVoiceFirst(path: string, text: string, assets: Assets): VoiceFirst {
  const parsed = VoiceFirstSchema.safeParse(parse(text));
  if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
  const keys = parsed.data.groups.flatMap(({ texts }) => texts.map(({ key }) => key));
  const source = assets.messages.get('vi');
  const faults = [
    ...keys
      .filter((key) => source?.has(key) !== true)
      .map((key) => `the text ${key} is not there: take its line out`),
    ...keys
      .filter((key, at) => keys.indexOf(key) !== at)
      .map((key) => `${key} stands there twice: keep one line`),
  ];
  if (faults.length > 0) throw new Error(faults.map((one) => `${path}: ${one}`).join('\n'));
  return parsed.data;
}

/** Spoken slowly, in syllables a minute; a recording is to stay under 30 seconds (languages.yaml: slow links, old phones). */
const SYLLABLES_PER_MINUTE = 150;
const MAX_SECONDS = 30;

const PLACES = [
  { country: 'VN', where: 'ở Việt Nam' },
  { country: 'ABROAD', where: 'ở nước khác' },
] as const;

/** Everything a text may be, for each place, on duty or not; the same words once, named by what they depend on. */
function takesOf(assets: Assets, key: string): readonly { says: string; text: string }[] {
  const say = (country: string, staffed: boolean): string =>
    renderText(
      assets,
      { language: 'vi', mode: 'normal', now: UNDATED, staffed, slots: { person_country: country }, args: {} },
      key,
      'text',
      { choices: 'no' },
    );
  const isPlaced = [true, false].some((staffed) => say('VN', staffed) !== say('ABROAD', staffed));
  const isStaffed = PLACES.some(({ country }) => say(country, true) !== say(country, false));
  return (isPlaced ? PLACES : PLACES.slice(0, 1)).flatMap(({ country, where }) =>
    (isStaffed ? [true, false] : [true]).map((staffed) => ({
      says: [
        ...(isPlaced ? [where] : []),
        ...(isStaffed ? [staffed ? 'có người trực' : 'không có người trực'] : []),
      ].join(', '),
      text: say(country, staffed),
    })),
  );
}

function secondsOf(text: string): number {
  // a telephone number is read digit by digit, twice
  const digits = (text.match(/\d/g) ?? []).length;
  const syllables = text.match(/\p{L}+/gu)?.length ?? 0;
  return Math.round(((syllables + 2 * digits) / SYLLABLES_PER_MINUTE) * 60);
}

function againWhen(message: Message): string {
  const hasNumbers = ['numbers', 'shortNumbers'].some((name) => message.placeholders.has(name));
  const facts = [...message.facts].map((id) => `\`${id}\``);
  return [...facts, ...(hasNumbers ? ['các số trong `hotlines.yaml`'] : [])].join(', ');
}

/** docs/recording-scripts.md, whole. */
export function writeScripts(assets: Assets, voice: VoiceFirst): string {
  let number = 0;
  const parts = voice.groups.flatMap(({ how, texts }) =>
    texts.map(({ key, when }) => {
      number += 1;
      const message = findMessage(assets, 'vi', key);
      const takes = takesOf(assets, key);
      const labels = [...message.choices.values()].map(({ label }) => label);
      const again = againWhen(message);
      return [
        `## ${number}. Tin nhắn thoại ${number}`,
        '',
        `Khóa: \`${key}\`. Nghe khi: ${when}`,
        '',
        `Cách nói: ${how}`,
        ...takes.flatMap(({ says, text }) => {
          const seconds = secondsOf(text);
          const long = seconds > MAX_SECONDS ? ', dài: thu thành hai đoạn, nghỉ ở cuối câu' : '';
          return [
            '',
            `${says === '' ? 'Nói' : `Nói khi ${says}`} (khoảng ${seconds} giây${long}):`,
            '',
            ...text.split('\n').map((line) => `> ${line}`.trimEnd()),
          ];
        }),
        '',
        ...(labels.length === 0
          ? []
          : [`Rồi đọc các mục để chọn: ${labels.map((label, at) => `${at + 1}. ${label}`).join('; ')}.`, '']),
        ...(again === '' ? [] : [`Thu lại khi đổi: ${again}.`, '']),
        '- [ ] người nói, thổ ngữ, ngày thu · [ ] người nghe lại cùng thổ ngữ · [ ] người dịch ngược ra tiếng Việt',
        '',
      ].join('\n');
    }),
  );
  return [
    '# Recording scripts',
    '',
    `The ${number} texts to be voiced first in every language, in the order of recording. Written by \`npm run languages -- prepare\` from`,
    '[content/voice-first.yaml](../content/voice-first.yaml) and the Vietnamese texts; a test fails while it is stale. What follows is for speakers and reviewers.',
    '',
    '## Trước khi thu',
    '',
    '- Câu dưới đây bằng tiếng Việt. Hãy nói lại bằng tiếng của bạn, như nói với một người mười bốn tuổi. Không dịch từng chữ, không dùng máy dịch.',
    '- Chữ “mua bán người”, “nạn nhân” có thể làm người nghe xấu hổ hoặc hiểu sang chuyện cưới hỏi. Hỏi người già và người từng trải trong vùng nên nói sao.',
    '- Không hứa bình an, không hứa cứu, không hứa khỏi bị phạt. Không dọa.',
    '- Mỗi câu có một giọng nữ và một giọng nam. Ghi thổ ngữ. Người nói đồng ý bằng giấy; tên người nói giữ kín.',
    '- Phòng yên, 16 kHz, một kênh, dưới ba mươi giây mỗi đoạn. Tên tệp và tên hiện ra chỉ là “Tin nhắn thoại” và số, không lộ chuyện.',
    '- Người thứ hai cùng thổ ngữ nghe lại; người thứ ba dịch ngược ra tiếng Việt mà không xem bản gốc. Khác ý thì thu lại.',
    '- Số điện thoại: đọc từng chữ số, nghỉ giữa các cụm, đọc hai lần.',
    '',
    ...parts,
  ].join('\n');
}
