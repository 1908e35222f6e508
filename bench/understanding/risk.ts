/** The danger scan on held-back messages, beside a list of alarming words: what is seen, what is raised for nothing, time and memory. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Assets, loadAssets, scanDanger } from '../../bot/index.ts';
import { readAssetSources } from '../../server/assets.ts';
import { type Figure, median } from '../figure.ts';

/** What a hotline would start with: any of these words, with or without diacritics, is an alarm. */
const ALARMING =
  'cứu|giúp|sos|help|nhốt|giam|đánh|bán|giết|dọa|ép|trốn|thoát|bắt cóc|tiền chuộc|hộ chiếu|giữ giấy tờ|không cho về|nô lệ|bóc lột|hiếp|mại dâm|tiếp khách|tự tử|muốn chết|không muốn sống|mất tích|mất liên lạc|vượt biên|campuchia|myanmar|lừa đảo|trừ nợ|tống tiền|ảnh nóng|bán thận|locked|beat|kill|sold|passport|forced|escape|trapped|kidnap|suicide';

const RowSchema = z.object({ text: z.string(), risk_level: z.enum(['none', 'concern', 'high', 'imminent']) });
const SHORT = 'họ giữ hộ chiếu không cho em về nhà, em ở campuchia sợ quá';
const LONG =
  'Anh chị ơi em qua bên này làm được ba tháng rồi, lúc đầu nói bán hàng online mà tới nơi bắt nhắn tin lừa người ta, em xin nghỉ thì họ đòi đền năm chục triệu, giấy tờ với điện thoại bị thu hết, mỗi ngày làm mười sáu tiếng không được ra ngoài, bạn em bị đánh hôm qua, giờ em không biết làm sao để về nhà với mẹ';
const REPEATS = 400;

export async function measureRisk(root: string): Promise<readonly Figure[]> {
  const before = process.memoryUsage().heapUsed;
  const result = loadAssets(await readAssetSources(root));
  if (!result.ok) throw new Error('the content does not load: npm run check:content says why');
  const { assets } = result;
  const held = await readSet(root, 'held');
  const social = await readSet(root, 'social');
  const words = ALARMING.split('|').map((word) => plain(word));
  const byWords = (text: string) => {
    const folded = plain(text);
    return words.some((word) => folded.includes(word));
  };
  const byScan = (text: string) => ['high', 'imminent'].includes(scanDanger(assets.danger, [text]).level);
  const percent = (rows: readonly Row[], levels: readonly string[], isRaised: (text: string) => boolean) => {
    const chosen = rows.filter((row) => levels.includes(row.risk_level));
    return (100 * chosen.filter((row) => isRaised(row.text)).length) / chosen.length;
  };
  const beside = (name: string, rows: readonly Row[], levels: readonly string[], target: number): Figure => ({
    name,
    value: percent(rows, levels, byScan),
    unit: '%',
    target,
    reference: { name: `${words.length} words`, value: percent(rows, levels, byWords) },
  });
  const short = timesOf(assets, SHORT);
  const long = timesOf(assets, LONG);
  return [
    beside('danger raised, urgent messages held back', held, ['high', 'imminent'], 94),
    beside('danger raised, harmless messages held back', held, ['none'], 3),
    beside('danger raised, ordinary comments', social, ['none'], 0.7),
    figure('danger scan, 60 characters, median', median(short), 'µs', null),
    figure('danger scan, 300 characters, 95th percentile', percentile(long, 0.95), 'µs', 2000),
    figure('heap of all assets', (process.memoryUsage().heapUsed - before) / 1e6, 'MB', null),
  ];
}

/** Words apart, without diacritics, so that a listed word is found as a word. */
function plain(text: string): string {
  const bare = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('đ', 'd');
  return ` ${bare.replace(/[^\p{L}\p{N}]+/gu, ' ').trim()} `;
}

type Row = z.infer<typeof RowSchema>;

async function readSet(root: string, name: string): Promise<readonly Row[]> {
  const text = await readFile(join(root, 'test', 'data', 'risk', `${name}.jsonl`), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => RowSchema.parse(JSON.parse(line)));
}

function timesOf(assets: Assets, text: string): readonly number[] {
  const once = () => {
    const began = performance.now();
    scanDanger(assets.danger, [text]);
    return (performance.now() - began) * 1000;
  };
  for (let warm = 0; warm < REPEATS; warm += 1) once();
  return Array.from({ length: REPEATS }, once);
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
}

const figure = (name: string, value: number, unit: string, target: number | null): Figure => ({
  name,
  value,
  unit,
  target,
  reference: null,
});
