/** `npm run languages -- prepare`: work lists for translators in translations/, and the recording scripts of the texts voiced first. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { type Assets, type Language, loadAssets, type Message } from '../../bot/index.ts';
import { readAssetSources } from '../assets.ts';
import { describeProblem } from './content-report.ts';
import { readVoiceFirst, type VoiceFirst, writeScripts } from './recording-scripts.ts';

export const TRANSLATIONS_FOLDER = 'translations';
export const SCRIPTS_PAGE = 'docs/recording-scripts.md';
const VOICE_FIRST_PATH = 'content/voice-first.yaml';

/** A text of a native speaker; `of` is the print of the Vietnamese text it was made from. */
const EntrySchema = z.strictObject({
  text: z.string().min(1),
  of: z.string().min(1),
  writer: z.string().min(1),
  /** another speaker of the same dialect, and the day; null = not reviewed yet, so not to be served */
  reviewer: z.string().min(1).nullable(),
  reviewed: z.iso.date().nullable(),
});
const WorkListSchema = z.strictObject({
  language: z.string(),
  texts: z.record(z.string(), EntrySchema.nullable()).default({}),
  gone: z.record(z.string(), EntrySchema).default({}),
});
export type WorkList = z.infer<typeof WorkListSchema>;

/** A short print of a Vietnamese text: when it differs, the translation has to be looked at again. */
export function printOf(message: Message): string {
  return createHash('sha256').update(message.written.join('\n')).digest('hex').slice(0, 12);
}

/** @throws Error naming the file, when somebody's work cannot be read: it is never written over */
export function readWorkList(path: string, text: string): WorkList {
  try {
    return WorkListSchema.parse(parse(text));
  } catch (error) {
    const what = error instanceof z.ZodError ? z.prettifyError(error) : 'no YAML';
    throw new Error(`${path}: ${what}. Nothing was written: correct the file first.`, { cause: error });
  }
}

/** Where a text is said decides how soon it is needed: 1 danger and people, 2 the way there, 3 offers, 4 stories. */
export function priorityOf(message: Message, isVoiced: boolean): number {
  if (isVoiced || message.safety) return 1;
  if (/^(?:choice|system|welcome|numbers|are-you-safe|talk-to-a-person)\./.test(message.key)) return 2;
  return /^(?:check-offer|offer|intents|find-province)\./.test(message.key) ? 3 : 4;
}

/** What a translator has to know of a text besides its words. */
export function notesOf(message: Message, when: string | undefined): readonly string[] {
  const labels = [...message.choices.values()].map(({ label }) => label);
  const kept = [
    ...[...message.placeholders].map((name) => `{${name}}`),
    ...[...message.facts].map((id) => `[[${id}]]`),
  ];
  return [
    ...(when === undefined ? [] : [`thu tiếng trước. ${when}`]),
    ...(message.safety ? ['chỉ dùng khi đã có người bản ngữ thứ hai đọc lại'] : []),
    ...(message.quiet === null
      ? []
      : ['có thêm câu nói khi có người nhìn vào máy: không một chữ nào lộ chuyện']),
    ...(kept.length === 0 ? [] : [`giữ nguyên: ${kept.join(' ')}`]),
    ...(labels.length === 0 ? [] : [`nút: ${labels.join(' / ')}`]),
  ];
}

/**
 * One work list, complete and in order of need. What somebody wrote stays; what belongs to a text that is gone is kept under
 * `gone`; what belongs to a text that changed is marked.
 */
export function writeWorkList(
  language: Language,
  assets: Assets,
  voice: VoiceFirst,
  old: WorkList | null,
): string {
  const whenOf = new Map(
    voice.groups.flatMap(({ texts }) => texts.map(({ key, when }) => [key, when] as const)),
  );
  const messages = [...(assets.messages.get('vi')?.values() ?? [])]
    .map((message, at) => ({ message, at, priority: priorityOf(message, whenOf.has(message.key)) }))
    .sort((a, b) => a.priority - b.priority || a.at - b.at);
  const name = language.name.vi;
  const lines = messages.flatMap(({ message, priority }) => {
    const entry = old?.texts[message.key] ?? null;
    const isOld = entry !== null && entry.of !== printOf(message);
    const notes = [
      ...notesOf(message, whenOf.get(message.key)),
      ...(isOld ? ['BẢN TIẾNG VIỆT ĐÃ ĐỔI: xem lại'] : []),
    ];
    return [
      `  # ${priority} · ${printOf(message)}${notes.map((note) => ` · ${note}`).join('')}`,
      ...(entry === null
        ? [`  ${message.key}: null`]
        : stringify({ [message.key]: entry }, { lineWidth: 0 })
            .trimEnd()
            .split('\n')
            .map((line) => `  ${line}`)),
    ];
  });
  const keys = new Set(messages.map(({ message }) => message.key));
  const gone = Object.fromEntries([
    ...Object.entries(old?.gone ?? {}),
    ...Object.entries(old?.texts ?? {}).flatMap(([key, entry]) =>
      entry === null || keys.has(key) ? [] : [[key, entry] as const],
    ),
  ]);
  return [
    `# ${name} (${language.name.en}): danh sách việc cho người viết và người đọc lại.`,
    `# Chữ viết: ${language.script}. ${language.spelling}.`,
    '# Không ai viết thay người bản ngữ, không dùng máy dịch. Câu tiếng Việt ở content/messages/vi.yaml, theo đúng khóa bên dưới.',
    '# Nói lại bằng lời của mình, không dịch từng chữ. Khóa nào chưa viết thì để null.',
    '# Viết xong thì thay null bằng:  { text: "…", of: "mã sau số thứ tự", writer: "…", reviewer: null, reviewed: null }',
    '# Trên mỗi khóa: mức cần (1 cần trước) · mã của câu tiếng Việt · điều cần biết. Lời nhắc do máy ghi, đừng sửa.',
    `language: ${language.tag}`,
    'texts:',
    ...lines,
    ...(Object.keys(gone).length === 0 ? [] : [stringify({ gone }, { lineWidth: 0 }).trimEnd()]),
    '',
  ].join('\n');
}

export async function readVoiceFirstFile(root: string, assets: Assets): Promise<VoiceFirst> {
  return readVoiceFirst(VOICE_FIRST_PATH, await readFile(join(root, VOICE_FIRST_PATH), 'utf8'), assets);
}

export interface PreparedFile {
  path: string;
  text: string;
}

/** Everything `prepare` writes, as it should stand. @throws Error on faults of the content or of a work list */
export async function composePrepared(root: string): Promise<readonly PreparedFile[]> {
  const loaded = loadAssets(await readAssetSources(root));
  if (!loaded.ok) throw new Error(loaded.problems.map(describeProblem).join('\n'));
  const { assets } = loaded;
  const voice = await readVoiceFirstFile(root, assets);
  const lists = assets.allLanguages
    .filter(({ prepare }) => prepare)
    .map(async (language) => {
      const path = `${TRANSLATIONS_FOLDER}/${language.tag}.yaml`;
      const old = await readFile(join(root, path), 'utf8').catch(() => null);
      return {
        path,
        text: writeWorkList(language, assets, voice, old === null ? null : readWorkList(path, old)),
      };
    });
  return [...(await Promise.all(lists)), { path: SCRIPTS_PAGE, text: writeScripts(assets, voice) }];
}

/** @returns what was written, a line each */
export async function prepareLanguages(root: string): Promise<readonly string[]> {
  const files = await composePrepared(root);
  await mkdir(join(root, TRANSLATIONS_FOLDER), { recursive: true });
  for (const { path, text } of files) await writeFile(join(root, path), text);
  return files.map(({ path }) => `${path}: written`);
}
