/** The way in: a file of RapidPro or FLOIP becomes flows and texts of ours, with notes on all that could not be carried over. */
import type { Import, Surroundings } from './draft.ts';
import { readFloip } from './floip-read.ts';
import { readRapidPro } from './rapidpro-read.ts';
import { detectFormat, readJson } from './read-json.ts';
import type { ImportResult } from './report.ts';
import { createSlotTable } from './slot-table.ts';
import { createTextTable } from './text-table.ts';
import { settle } from './to-flow.ts';

/**
 * Pure: reads no file and writes none.
 *
 * @param text JSON as it was exported: RapidPro 13 or 14, or a FLOIP container 1.0.0-rc
 * @returns flows as YAML, texts by language, and notes; or every fault of the file at once
 */
export function importFlows(text: string, surroundings: Surroundings): ImportResult {
  const json = readJson(text);
  if (!json.ok) return { kind: 'refused', faults: json.faults };
  const found = detectFormat(json.data);
  if (!found.ok) return { kind: 'refused', faults: found.faults };
  const reading: Import = {
    surroundings,
    slots: createSlotTable(surroundings.slots),
    texts: createTextTable(),
    notes: [],
  };
  const read = found.format === 'rapidpro' ? readRapidPro : readFloip;
  const drafts = read(json.data, reading);
  return drafts.ok ? settle(found.format, drafts.flows, reading) : { kind: 'refused', faults: drafts.faults };
}
