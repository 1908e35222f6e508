/** What is really read on the way: every text of every place, as each person there would see it. */
import type { Assets, Problem } from '../content/assets.ts';
import {
  choiceText,
  findMessage,
  type RenderContext,
  renderText,
  type TextVariant,
} from '../content/render.ts';
import type { Message } from '../content/messages.ts';
import { mayShow } from '../content/registers.ts';
import { findBetrayal } from '../content/wording.ts';
import { fault } from '../content/yaml.ts';
import type { Choice, SessionMode } from '../engine/events.ts';
import { SYSTEM_TEXTS } from '../flow/lint.ts';
import { choicesOf } from '../flow/schema.ts';
import { NONE_MEANT } from '../engine/wishes.ts';
import { flowAt } from '../flow/versions.ts';
import { lessonMessages } from './lesson-texts.ts';
import { MAX_SUGGESTED } from '../understand/intents.ts';
import type { Said } from './walker.ts';

/** How one channel shows a text; from the server's table of what channels can do. */
export interface ChannelFit {
  name: string;
  /** @returns what is wrong with it there, or null */
  check: (text: string, choices: readonly Choice[], language: string) => string | null;
}

export interface TextProof {
  problems: readonly Problem[];
  /** texts as somebody reads them: key, variant, language, mode, place, duty */
  read: number;
  showsNumber: (key: string, language: string) => boolean;
}

export function proveTexts(
  assets: Assets,
  said: readonly Said[],
  now: Date,
  channels: readonly ChannelFit[],
): TextProof {
  const findings = new Map<string, Problem>();
  const views = createViews(assets, now);
  const shows = new Map<string, boolean>();
  let read = 0;
  const report = (key: string, language: string, message: string, mend: string): void => {
    const id = `${key} ${language} ${message}`;
    if (!findings.has(id)) findings.set(id, faultAt(assets, key, language, message, mend));
  };
  for (const language of assets.languages) {
    for (const { key, mode, place, asks, buttons } of textsOf(assets, said, language)) {
      for (const variant of asks ? (['text', 'retry', 'invalid'] as const) : (['text'] as const)) {
        for (const view of views(key, language, mode, place)) {
          read += 1;
          const text = renderText(assets, view.context, key, variant, view.args);
          lintText(assets, { key, language, mode, place: view.place, text, variant }, report);
          if (mode === 'normal') {
            lintFit(channels, text, buttons, language, (message) =>
              report(key, language, message, 'shorten it, or make two texts of it'),
            );
            const id = `${key} ${language}`;
            if (variant === 'text') shows.set(id, (shows.get(id) ?? true) && HAS_NUMBER.test(text));
          }
        }
      }
      lintFacts(assets, key, language, now, report);
    }
  }
  for (const one of said) lintHandover(assets, one, now, report);
  const lessons = proveLessons(assets, now, channels);
  return {
    problems: [...findings.values(), ...lessons.problems],
    read: read + lessons.read,
    showsNumber: (key, language) => shows.get(`${key} ${language}`) === true,
  };
}

const HAS_NUMBER = /\+?\d[\d .]{1,}\d/;

/** Lessons say their own texts, in normal mode only: in quiet mode the neutral line stands for them. */
function proveLessons(
  assets: Assets,
  now: Date,
  channels: readonly ChannelFit[],
): Pick<TextProof, 'problems' | 'read'> {
  const problems = new Map<string, Problem>();
  let read = 0;
  for (const lesson of assets.lessons.values()) {
    for (const [language, text] of lesson.texts) {
      const path = `content/lessons/${lesson.id}/${language}.md`;
      const contexts = [null, 'VN', 'KH'].map((country) => ({
        language,
        mode: 'normal' as const,
        now,
        staffed: true,
        slots: country === null ? {} : { person_country: country },
        args: {},
      }));
      for (const { part, text: said, choices } of lessonMessages(assets, lesson, text, contexts)) {
        read += 1;
        lintFit(channels, said, choices, language, (message) => {
          const problem = fault(path, null, `${part}: ${message}`, 'shorten it, or make two cards of it');
          problems.set(`${path} ${problem.message}`, problem);
        });
      }
    }
  }
  return { problems: [...problems.values()], read };
}

interface TextToRead {
  key: string;
  mode: SessionMode;
  place: Said['place'];
  asks: boolean;
  buttons: readonly Choice[];
}

/** Each text once for each mode and place it may be said in. Lessons have no messages: `proveLessons` reads them. */
function textsOf(assets: Assets, said: readonly Said[], language: string): readonly TextToRead[] {
  const found = new Map<string, TextToRead>();
  for (const one of said) {
    if (one.key.startsWith('lesson.')) continue;
    found.set([one.key, one.mode, one.place ?? '', one.frame.flow, one.frame.node, one.asks].join('|'), {
      ...one,
      buttons: one.asks ? buttonsOf(assets, one, language) : [],
    });
  }
  for (const key of SYSTEM_TEXTS)
    for (const mode of ['normal', 'quiet'] as const)
      found.set(`${key}|${mode}`, { key, mode, place: null, asks: false, buttons: [] });
  for (const { answer } of assets.intents.byId.values())
    if (answer !== 'none' && 'say' in answer)
      found.set(`${answer.say}|wish`, {
        key: answer.say,
        mode: 'normal',
        place: null,
        asks: false,
        buttons: [],
      });
  for (const key of ASKS_WHAT_WAS_MEANT)
    found.set(`${key}|wish`, {
      key,
      mode: 'normal',
      place: null,
      asks: false,
      buttons: longestSuggestion(assets, language),
    });
  return [...found.values()];
}

const ASKS_WHAT_WAS_MEANT = ['system.did-you-mean', 'system.which-first'] as const;

/** The three longest titles: whatever is suggested is no longer than this. */
function longestSuggestion(assets: Assets, language: string): readonly Choice[] {
  const titles = [...assets.intents.byId.values()]
    .map(({ id, title }) => ({ id: `intent.${id}`, label: title[language] ?? id }))
    .sort((a, b) => b.label.length - a.label.length)
    .slice(0, MAX_SUGGESTED);
  const none = choiceText(assets, language, 'system.did-you-mean', NONE_MEANT);
  return [...titles, { id: `intent.${NONE_MEANT}`, label: none.label }];
}

function buttonsOf(assets: Assets, { frame }: Said, language: string): readonly Choice[] {
  const node = flowAt(assets, frame)?.nodes.get(frame.node);
  if (node?.kind !== 'ask') return [];
  return choicesOf(node).map((id) => ({
    id: `${frame.flow}.${frame.node}.${id}`,
    label: choiceText(assets, language, node.ask, id).label,
  }));
}

interface View {
  place: 'vn' | 'abroad' | 'unknown';
  context: RenderContext;
  args: Readonly<Record<string, string>>;
}

/** The same text for everybody who may read it: on duty or not, and in every country that has numbers of its own. */
function createViews(
  assets: Assets,
  now: Date,
): (key: string, language: string, mode: SessionMode, place: Said['place']) => readonly View[] {
  const abroad = [...new Set([...assets.hotlines.values()].map(({ country }) => country))]
    .filter((country) => country !== 'VN' && /^[A-Z]{2}$/.test(country))
    .concat('XX', 'abroad');
  const countries = { vn: ['VN'], abroad, unknown: [null] } as const;
  return (key, language, mode, place) => {
    const message = findMessage(assets, language, key);
    const args: Record<string, string> = {};
    for (const name of message.placeholders) if (!COMPUTED.includes(name)) args[name] = SAMPLE[name] ?? name;
    const usesPlace = [...message.placeholders].some((name) => PLACED.includes(name));
    const wanted = place === null ? (['vn', 'abroad', 'unknown'] as const) : [place];
    return wanted.flatMap((where) =>
      (usesPlace ? countries[where] : countries[where].slice(0, 1)).flatMap((country) =>
        dutiesOf(message, now).map((duty) => ({
          place: where,
          args,
          context: {
            language,
            mode,
            now,
            ...duty,
            slots: country === null ? {} : { person_country: country, family_country: country },
            args: {},
          },
        })),
      ),
    );
  };
}

/** On duty or not; and when not, with the longest that a text may say of the next shift, and without. */
function dutiesOf(
  { placeholders }: Message,
  now: Date,
): readonly Pick<View['context'], 'staffed' | 'shifts'>[] {
  if (!placeholders.has('staffed')) return [{ staffed: true }];
  const planned = { startsAt: new Date(now.getTime() + 3 * 86_400_000), languages: [] };
  return [
    { staffed: true },
    { staffed: false },
    ...(placeholders.has('nextShift') ? [{ staffed: false, shifts: [planned] }] : []),
  ];
}

const PLACED: readonly string[] = ['numbers', 'shortNumbers', 'familyNumbers', 'place', 'country'];
const COMPUTED: readonly string[] = [...PLACED, 'staffed', 'nextShift', 'provinceNow', 'services'];
/** What a placeholder may hold, where its own name would not fit the ICU text. */
const SAMPLE: Readonly<Record<string, string>> = {
  kind: 'location',
  hasQuote: 'yes',
  old: 'yes',
  several: 'no',
};

interface ReadText {
  key: string;
  language: string;
  mode: SessionMode;
  place: View['place'];
  text: string;
  variant: TextVariant;
}

type Report = (key: string, language: string, message: string, mend: string) => void;

function lintText(assets: Assets, read: ReadText, report: Report): void {
  const { key, language, mode, place, text } = read;
  if (mode === 'quiet') {
    const word = findBetrayal(assets.wording, language, text);
    if (word !== null)
      report(
        key,
        language,
        `says "${word}" in quiet mode`,
        'write a quiet: variant without any word of content/wording.yaml',
      );
    return;
  }
  if (place !== 'abroad') return;
  const line = text.split('\n').find((one) => namesShortCode(assets, one) && !NAMES_VIETNAM.test(one));
  if (line !== undefined)
    report(
      key,
      language,
      `offers a short number to somebody abroad`,
      'short numbers work only in Vietnam: say so in the same line, or use {numbers} or {place, select, …}',
    );
}

const NAMES_VIETNAM = /việt\s*nam|viet\s?nam/i;
const SHORT_CODE_DIGITS = 4;

function namesShortCode(assets: Assets, line: string): boolean {
  const codes = [...assets.hotlines.values()]
    .filter(({ country, number }) => country === 'VN' && number !== null)
    .map(({ number }) => number ?? '')
    .filter((number) => /^\d+$/.test(number) && number.length <= SHORT_CODE_DIGITS);
  const numbers: readonly string[] = line.match(/\d[\d .]*\d|\d/g) ?? [];
  return numbers.some((number) => codes.includes(number.replace(/\D/g, '')));
}

function lintFit(
  channels: readonly ChannelFit[],
  text: string,
  buttons: readonly Choice[],
  language: string,
  report: (message: string) => void,
): void {
  for (const { name, check } of channels) {
    const wrong = check(text, buttons, language);
    if (wrong !== null) report(`on ${name}: ${wrong}`);
  }
}

function lintFacts(assets: Assets, key: string, language: string, now: Date, report: Report): void {
  for (const id of findMessage(assets, language, key).facts) {
    const hotline = assets.hotlines.get(id);
    if (hotline === undefined || mayShow(hotline, now)) continue;
    report(
      key,
      language,
      `shows [[${id}]], which may not be shown any more`,
      'have the number checked and renew it in the register, or take it out of the text',
    );
  }
}

/** Whoever asks for a person at night is told that nobody is there, with a number that answers now. */
function lintHandover(assets: Assets, said: Said, now: Date, report: Report): void {
  const node = flowAt(assets, said.frame)?.nodes.get(said.frame.node);
  if (node?.kind !== 'handover' || said.mode !== 'normal') return;
  for (const language of assets.languages) {
    const views = createViews(assets, now)(said.key, language, 'normal', said.place);
    const textOf = (view: View): string => renderText(assets, view.context, said.key, 'text', view.args);
    const onDuty = views.filter(({ context }) => context.staffed).map(textOf);
    const offDuty = views.filter(({ context }) => !context.staffed).map(textOf);
    if (offDuty.length === 0 || offDuty.some((text) => onDuty.includes(text)))
      report(
        said.key,
        language,
        'says the same whether somebody is on duty or not',
        'write {staffed, select, yes {…} other {…}}: at night say that nobody is there',
      );
    else if (!offDuty.every((text) => HAS_NUMBER.test(text)))
      report(
        said.key,
        language,
        'gives no number when nobody is on duty',
        'add {numbers} or {shortNumbers} to the text for that case',
      );
  }
}

function faultAt(assets: Assets, key: string, language: string, message: string, mend: string): Problem {
  const line = assets.messages.get(language)?.get(key)?.line ?? null;
  return fault(`content/messages/${language}.yaml`, line, `${key}: ${message}`, mend);
}
