/** What closes a lesson: its signs by the words of the register, one thing to do tonight, and whom to ask from where one is. */
import type { Assets } from './assets.ts';
import type { Lesson, LessonText } from './lessons.ts';
import { fillReferences } from './references.ts';
import { type Hotline, mayShow, NUMBERS_ABROAD } from './registers.ts';
import { hotlineLine, placeOf, type RenderContext, renderText } from './render.ts';

/** Texts around the closing of a lesson. */
export const LESSON_TEXTS = {
  again: 'lesson.again',
  signs: 'lesson.signs',
  tonight: 'lesson.tonight',
  ask: 'lesson.ask',
  /** of a module for officers, in the place of the two above */
  atWork: 'lesson.at-work',
  askAtWork: 'lesson.ask-at-work',
} as const;

/** Keys of the texts that open the closing: what to do, and whom to ask. */
export function closingKeys({ for: reader }: Lesson): { todo: string; ask: string } {
  const { tonight, ask, atWork, askAtWork } = LESSON_TEXTS;
  return reader === 'officers' ? { todo: atWork, ask: askAtWork } : { todo: tonight, ask };
}

/** The signs of the story, one per line: in its own words where it has a heading `sign <id>`, else by the register's title. */
export function signsText(assets: Assets, context: RenderContext, lesson: Lesson, text: LessonText): string {
  const titles = lesson.signs.flatMap((id) => {
    const title = assets.signals.byId.get(id)?.text.title;
    if (title === undefined) return [];
    const own = text.sections.get(`sign ${id}`);
    return [
      own === undefined
        ? `• ${context.language === 'en' ? title.en : title.vi}`
        : `• ${said(assets, context, own)}`,
    ];
  });
  return [renderText(assets, context, LESSON_TEXTS.signs, 'text'), ...titles].join('\n');
}

export function tonightText(
  assets: Assets,
  context: RenderContext,
  lesson: Lesson,
  text: LessonText,
): string {
  return `${renderText(assets, context, closingKeys(lesson).todo, 'text')}\n${said(assets, context, text.sections.get('tonight') ?? '')}`;
}

function said(assets: Assets, context: RenderContext, text: string): string {
  return fillReferences(assets, context.language, context.now, text);
}

/**
 * Whom to ask. A short number works only in its own country, so each stands under a heading that says where; the local police
 * and the ministry's number always close what is said for abroad.
 */
export function askText(assets: Assets, context: RenderContext, lesson: Lesson): string {
  const say = (key: string): string => renderText(assets, context, key, 'text');
  const place = placeOf(context.slots);
  const named = lesson.ask
    .map((id) => assets.hotlines.get(id))
    .filter((hotline) => hotline !== undefined)
    .filter((hotline) => mayShow(hotline, context.now));
  const isAbroad = ({ country }: Hotline): boolean => country !== 'VN';
  const lines = (hotlines: readonly Hotline[]): readonly string[] =>
    hotlines.map((hotline) => hotlineLine(assets, context, hotline));
  const atHome = lines(named.filter((hotline) => !isAbroad(hotline)));
  const abroad = [...named.filter(isAbroad), ...ministry(assets)];
  const away = [say('numbers.local-police'), ...lines([...new Set(abroad)])];
  return [
    say(closingKeys(lesson).ask),
    ...(place === 'abroad' ? [] : [say('numbers.heading-vn'), ...atHome]),
    ...(place === 'vn' && !named.some(isAbroad) ? [] : [say('numbers.heading-abroad'), ...away]),
  ].join('\n');
}

/** Given even past its check date, as everywhere: somebody must always get a number. */
function ministry(assets: Assets): readonly Hotline[] {
  const hotline = assets.hotlines.get(NUMBERS_ABROAD[0]);
  return hotline === undefined ? [] : [hotline];
}
