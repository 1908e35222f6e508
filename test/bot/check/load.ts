/** The real register, the real warning signs and the labelled lists, as the tests of the offer check use them. */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseAgencies } from '../../../bot/check/agencies.ts';
import type { AgencyRegister } from '../../../bot/check/agencies.ts';
import type { OfferDeps } from '../../../bot/check/check-offer.ts';
import { OFFER_LEVELS } from '../../../bot/check/offer.ts';
import { compileSignals } from '../../../bot/check/signals.ts';
import { readCsv } from './csv.ts';

const root = new URL('../../../', import.meta.url);

export function loadRegister(): AgencyRegister {
  return parseAgencies(readCsv(new URL('content/registers/agencies.csv', root)));
}

export function loadSignalFiles(): { path: string; data: unknown }[] {
  const names = readdirSync(new URL('content/signals/', root)).filter((name) => name.endsWith('.yaml'));
  return names.map((name) => {
    const path = `content/signals/${name}`;
    const data: unknown = parse(readFileSync(new URL(path, root), 'utf8'));
    return { path, data };
  });
}

export function loadDeps(): OfferDeps {
  return { signals: compileSignals(loadSignalFiles()), register: loadRegister() };
}

const OfferRow = z.object({
  id: z.string(),
  text: z.string(),
  verdict: z.enum(OFFER_LEVELS),
  signals: z.array(z.string()),
  company_match: z.array(z.string()),
  match_kind: z.string(),
});
const AgencyRow = z.object({ text: z.string(), accept: z.array(z.string()), expect: z.string() });

export function loadOffers(name: string): z.infer<typeof OfferRow>[] {
  return readLines(name).map((line) => OfferRow.parse(line));
}

export function loadAgencyQueries(name = 'test/fixtures/agencies.dev.jsonl'): z.infer<typeof AgencyRow>[] {
  return readLines(name).map((line) => AgencyRow.parse(line));
}

function readLines(name: string): unknown[] {
  const text = readFileSync(new URL(name.includes('/') ? name : `test/fixtures/${name}`, root), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}
