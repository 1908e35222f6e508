/** The telephone numbers on the page: rendered by the server, so that they are there without JavaScript and without a database. */
import { markup } from './html.ts';
import type { Html } from './html.ts';
import type { WebchatStrings } from './shared/texts.ts';
import type { PageLanguage } from './shared/wire.ts';

/** One number of the hotline register, in the language of the page. */
export interface HelpNumber {
  /** as a telephone wants it: short code or E.164 */
  dial: string;
  /** as people read it: `111`, `+84 981 84 84 84` */
  shown: string;
  name: string;
  /** hours and cost, and that they are unknown when they are */
  note: string;
  /** a short code works only inside its own country */
  where: 'vietnam' | 'abroad';
}

/** What the page needs of an entry of the hotline register. */
interface RegisterEntry {
  number: string | null;
  shown?: string | null | undefined;
  /** who answers, then in brackets cost and hours: `Công an, khi đang nguy hiểm (miễn phí, cả ngày đêm)` */
  label?: Readonly<Record<PageLanguage, string>> | undefined;
}

/** Entries of the register as the page shows them; one without a number or a label is left out. */
export function describeNumbers(
  entries: readonly RegisterEntry[],
  language: PageLanguage,
  where: HelpNumber['where'],
): HelpNumber[] {
  return entries.flatMap((entry) => {
    const { number, shown, label } = entry;
    if (number === null || shown === null || shown === undefined || label === undefined) return [];
    const [, name = label[language], note = ''] = /^(.*?)\s*\(([^()]*)\)$/.exec(label[language]) ?? [];
    return [{ dial: number, shown, name, note: note.charAt(0).toUpperCase() + note.slice(1), where }];
  });
}

/** At most so many numbers are in sight without opening the list. */
const FIRST_NUMBERS = 2;

/** The numbers in one language; the page holds one block per language and shows one. */
export function renderNumbers(
  language: PageLanguage,
  shown: boolean,
  numbers: readonly HelpNumber[],
  strings: WebchatStrings,
): Html {
  const first = numbers.filter((number) => number.where === 'vietnam').slice(0, FIRST_NUMBERS);
  return markup`<section class="numbers" lang="${language}" aria-label="${strings.numbersLabel}"${shown ? null : markup` hidden`}>
    <span class="numbers-title">${strings.numbersTitle}</span>
    ${first.map((number) => markup`<a class="number" href="tel:${number.dial}" aria-label="${number.shown}, ${number.name}">${number.shown}</a>`)}
    <details>
      <summary>${strings.numbersMore}</summary>
      <div class="sheet">
        ${renderGroup(
          strings.numbersVietnam,
          numbers.filter((number) => number.where === 'vietnam'),
        )}
        ${renderGroup(
          strings.numbersAbroad,
          numbers.filter((number) => number.where === 'abroad'),
        )}
      </div>
    </details>
  </section>`;
}

function renderGroup(title: string, numbers: readonly HelpNumber[]): Html | null {
  if (numbers.length === 0) return null;
  return markup`<h2>${title}</h2>
    <ul>
      ${numbers.map(
        (number) =>
          markup`<li>
            <a href="tel:${number.dial}">${number.shown}</a> <span>${number.name}</span>
            <small>${number.note}</small>
          </li>`,
      )}
    </ul>`;
}
