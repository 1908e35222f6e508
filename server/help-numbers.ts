/** The telephone numbers of the web page, from the hotline register. */
import { type Assets, type Hotline, hotlinesFor } from '../bot/index.ts';

export interface HelpNumberRow {
  dial: string;
  shown: string;
  name: string;
  note: string;
  where: 'vietnam' | 'abroad';
}

/** No country: then only the numbers that are right for a Vietnamese citizen anywhere abroad. */
const ANYWHERE_ABROAD = '';

/** @param language of the page; what has no Vietnamese reader is shown in English */
export function listHelpNumbers(assets: Assets, language: string, now: Date): readonly HelpNumberRow[] {
  const rows = (country: string, where: HelpNumberRow['where']): HelpNumberRow[] =>
    hotlinesFor(assets.hotlines, country, now).flatMap((hotline) =>
      describe(hotline, language === 'en', where),
    );
  return [...rows('VN', 'vietnam'), ...rows(ANYWHERE_ABROAD, 'abroad')];
}

function describe(hotline: Hotline, inEnglish: boolean, where: HelpNumberRow['where']): HelpNumberRow[] {
  const { number } = hotline;
  if (number === null) return [];
  const name = inEnglish ? hotline.name_en : hotline.name_vi;
  const note = (inEnglish ? hotline.label?.en : hotline.label?.vi) ?? '';
  return [{ dial: number.replace(/[^+\d]/g, ''), shown: hotline.shown ?? number, name, note, where }];
}
