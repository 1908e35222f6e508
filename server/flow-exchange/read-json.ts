/** Reads a file of another system as JSON and says which format it is; every fault names its place and what to do. */
import type { z } from 'zod';
import type { ExchangeFault } from './report.ts';

/** A larger file is a whole organisation's export: it is easier to read, and to review, in parts. UTF-16 units. */
export const MAX_INPUT_UTF16 = 10_000_000;
/** Flows of both formats are at most about ten deep; deeper is no flow. */
const MAX_DEPTH = 40;

export type JsonResult = { ok: true; data: unknown } | { ok: false; faults: readonly ExchangeFault[] };

export function readJson(text: string): JsonResult {
  const source = text.replace(/^\uFEFF/, '');
  if (source.length > MAX_INPUT_UTF16)
    return refuse(
      'file',
      `the file is larger than ${MAX_INPUT_UTF16 / 1_000_000} MB`,
      'export fewer flows at a time',
    );
  if (source.trim() === '') return refuse('file', 'the file is empty', 'export the flow again');
  if (/^\s*</.test(source))
    return refuse(
      'file',
      'this is a web page or XML, not JSON',
      'download the export itself; a sign-in page may have been saved instead',
    );
  let data: unknown;
  try {
    data = JSON.parse(source);
  } catch (error) {
    return refuse(
      placeOf(source, error),
      'this is not JSON from here on',
      'export the flow again, or mend this place',
    );
  }
  if (isDeeperThan(data, MAX_DEPTH))
    return refuse('file', `values lie more than ${MAX_DEPTH} deep`, 'this is no export of flows');
  return { ok: true, data };
}

export type Format = 'rapidpro' | 'floip';

/** RapidPro keeps nodes, FLOIP blocks; both write a file of flows, or one flow alone. */
export function detectFormat(
  data: unknown,
): { ok: true; format: Format } | { ok: false; faults: readonly ExchangeFault[] } {
  const flows = isRecord(data) && Array.isArray(data['flows']) ? data['flows'] : [data];
  const kinds = flows.filter(isRecord);
  if (kinds.some((flow) => 'action_sets' in flow || 'rule_sets' in flow))
    return refuse(
      'version',
      'this is a RapidPro export of before version 13',
      'import it into RapidPro of today and export it again',
    );
  const isFloip = isRecord(data) && 'specification_version' in data;
  if (isFloip || kinds.some((flow) => Array.isArray(flow['blocks']))) return { ok: true, format: 'floip' };
  if (kinds.some((flow) => Array.isArray(flow['nodes']))) return { ok: true, format: 'rapidpro' };
  return refuse(
    'file',
    'this is neither RapidPro (flows with nodes) nor FLOIP (flows with blocks)',
    'give an export of RapidPro 13 or a FLOIP container 1.0.0-rc',
  );
}

/** Checks the shape; each issue is a fault with its place. At most 20 are listed. */
export function checkShape<T>(
  schema: z.ZodType<T>,
  data: unknown,
): { ok: true; value: T } | { ok: false; faults: readonly ExchangeFault[] } {
  const parsed = schema.safeParse(data);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issues = parsed.error.issues.slice(0, 20).map((issue) => ({
    place: pathText(issue.path),
    message: issue.message,
    mend: 'export the flow again, or correct this value',
  }));
  const more = parsed.error.issues.length - issues.length;
  return {
    ok: false,
    faults:
      more > 0
        ? [...issues, { place: 'file', message: `${more} more faults like these`, mend: 'mend these first' }]
        : issues,
  };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pathText(path: readonly PropertyKey[]): string {
  const text = path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
  return text === '' ? 'file' : text;
}

function refuse(
  place: string,
  message: string,
  mend: string,
): { ok: false; faults: readonly ExchangeFault[] } {
  return { ok: false, faults: [{ place, message, mend }] };
}

/** Says where; the parser's own message quotes the file, so nothing else of it is shown. */
function placeOf(source: string, error: unknown): string {
  const lines = source.slice(0, faultAt(source, error)).split('\n');
  return `line ${lines.length}, column ${(lines[lines.length - 1] ?? '').length + 1}`;
}

function faultAt(source: string, error: unknown): number {
  const said = positionIn(error);
  if (said !== null) return said;
  // some messages name no position: the fault is where the longest beginning that only lacks its end stops
  let sound = 0;
  let broken = source.length;
  while (broken - sound > 1) {
    const middle = Math.floor((sound + broken) / 2);
    if (onlyLacksItsEnd(source.slice(0, middle))) sound = middle;
    else broken = middle;
  }
  return sound;
}

function onlyLacksItsEnd(beginning: string): boolean {
  // half a word (true, false, null) reads as a fault of its own
  const whole = beginning.replace(/(?:t|tr|tru|f|fa|fal|fals|n|nu|nul)$/, '');
  try {
    JSON.parse(whole);
    return true;
  } catch (error) {
    const at = positionIn(error);
    if (at !== null) return at >= whole.length - 6;
    return error instanceof Error && error.message.includes('Unexpected end');
  }
}

function positionIn(error: unknown): number | null {
  const found = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  return found === undefined ? null : Number(found);
}

/** Without recursion: a file made to break readers nests a hundred thousand deep. */
function isDeeperThan(data: unknown, limit: number): boolean {
  let level: unknown[] = [data];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    level = level.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return false;
}
