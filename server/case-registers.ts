/** What cases take from the registers: services, places, and the steps after coming back with what may be said of each today. */
import { type Assets, factText, isSaid } from '../bot/index.ts';

export interface CaseService {
  id: string;
  level: 'commune' | 'province' | 'country' | 'abroad';
  name: string;
  does: string;
  who: string;
  /** live, and looked at in time */
  isConfirmed: boolean;
}

export interface CaseRegisters {
  /** all that are not retired; for counsellors also those on hold */
  services: (language: string, now: Date) => readonly CaseService[];
  provinces: (language: string) => readonly { id: string; name: string }[];
  /** `id`: ISO 3166-1 */
  countries: (language: string) => readonly { id: string; name: string }[];
  /** what may be said of a fact today: itself, or what stands instead while it is not certain */
  fact: (id: string, language: string, now: Date) => string;
  /** a deadline in days, while it may be said; null = no number may be stated */
  factDays: (id: string, now: Date) => number | null;
}

/**
 * The way after coming back, in order. `facts` fill the text of the step (console texts `cases.step.<id>`); `days`: the fact that
 * gives its date, counted from the first report. Without one there is no date, and the text says to ask. Source:
 * content/registers/facts/return.yaml and services.yaml.
 */
export const RETURN_STEPS = [
  { id: 'report', facts: ['office-commune'], days: null },
  { id: 'support-told', facts: ['office-support'], days: null },
  {
    id: 'first-check',
    facts: ['office-support', 'office-province-police', 'first-check-days'],
    days: 'first-check-days',
  },
  { id: 'papers', facts: ['confirming-papers'], days: null },
  { id: 'needs', facts: ['shelter-days', 'health-card'], days: null },
  { id: 'apply', facts: ['support-form', 'support-apply-limit'], days: null },
  { id: 'answer', facts: ['support-answer-days'], days: null },
] as const satisfies readonly { id: string; facts: readonly string[]; days: string | null }[];

export function createCaseRegisters(assets: Assets): CaseRegisters {
  const say = (said: { vi: string; en: string }, language: string): string =>
    language === 'en' ? said.en : said.vi;
  return {
    services: (language, now) => {
      const today = now.toISOString().slice(0, 10);
      return assets.services
        .filter(({ display }) => display !== 'retired')
        .map(({ id, level, name, does, who, display, expires }) => ({
          ...{ id, level, who, isConfirmed: display === 'live' && today < expires },
          ...{ name: say(name, language), does: say(does, language) },
        }));
    },
    provinces: (language) => assets.provinces.map(({ id, name }) => ({ id, name: say(name, language) })),
    countries: (language) =>
      assets.countries.map(({ code, name }) => ({ id: code, name: say(name, language) })),
    fact: (id, language, now) => {
      const fact = assets.facts.get(id);
      return fact === undefined ? '' : factText(fact, language, now);
    },
    factDays: (id, now) => {
      const fact = assets.facts.get(id);
      if (fact === undefined || !isSaid(fact, now)) return null;
      const days = /^(\d{1,3}) ngày$/.exec(fact.value.vi)?.[1];
      return days === undefined ? null : Number(days);
    },
  };
}
