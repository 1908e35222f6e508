/** Markup from templates: everything put into a template is escaped unless it is markup itself. */

const MARKUP = Symbol('markup');

export interface Html {
  readonly [MARKUP]: string;
}

type Part = string | number | boolean | null | undefined | Html | readonly Html[];

/** markup`<p>${text}</p>`: strings are escaped (safe in text and in quoted attributes); `null`, `false`, `undefined` leave nothing. */
export function markup(pieces: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let printed = pieces[0] ?? '';
  parts.forEach((part, index) => {
    printed += printPart(part) + (pieces[index + 1] ?? '');
  });
  return { [MARKUP]: printed };
}

/** The finished page as text. */
export function printHtml(page: Html): string {
  return page[MARKUP];
}

function printPart(part: Part): string {
  if (part === null || part === undefined || typeof part === 'boolean') return '';
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return escapeText(part);
  if (MARKUP in part) return part[MARKUP];
  return part.map(printHtml).join('');
}

function escapeText(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}
