/** What `npm run check:content` prints: problems first, then what was checked. */
import type { LoadResult, Problem } from '../../bot/index.ts';
import {
  type Assets,
  inspectReading,
  inspectTextLevels,
  inspectTexts,
  type Proof,
  prove,
  readingLevel,
  type TextLevel,
  textLevels,
} from '../../bot/index.ts';
import { channelFits } from '../channels/fit.ts';
import { CHANNEL_RULES_PATH, listExpired, type RulesResult } from '../channels/rules.ts';
import { DESK_RULES_PATH, type DeskRulesResult, findDeskFaults } from '../desk-rules.ts';

export interface ContentReport {
  lines: readonly string[];
  failed: boolean;
}

export function inspectContent(
  result: LoadResult,
  now: Date,
  channelRules: RulesResult | null = null,
  deskRules: DeskRulesResult | null = null,
): ContentReport {
  const problems: Problem[] = [
    ...result.problems,
    ...inspectRules(channelRules, now),
    ...inspectDesk(deskRules, result),
  ];
  const channels = channelFits();
  const began = performance.now();
  const proof = result.ok ? prove(result.assets, { now, channels }) : null;
  const seconds = (performance.now() - began) / 1000;
  if (result.ok)
    problems.push(
      ...inspectTexts(result.assets, now),
      ...inspectReading(result.assets.lessons),
      ...inspectTextLevels(result.assets),
    );
  if (proof !== null) problems.push(...proof.problems);
  const lines = problems.map(describeProblem);
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const warnings = problems.length - errors;
  if (result.ok) {
    const { flows, messages, lessons, languages, signals, register, hotlines, canned } = result.assets;
    const nodes = [...flows.values()].reduce((sum, flow) => sum + flow.nodes.size, 0);
    const texts = [...messages.values()].reduce((sum, map) => sum + map.size, 0);
    lines.push(
      `${flows.size} flows with ${nodes} nodes, ${texts} texts in ${languages.length} languages (${languages.join(', ')}), ` +
        `${lessons.size} lessons, ${signals.byId.size} warning signs, ${register.rows.length} agency rows, ${hotlines.size} hotline entries, ${canned.length} canned answers`,
    );
  }
  if (result.ok)
    lines.push(...describeStories(result.assets), ...textLevels(result.assets).map(describeLevel));
  if (result.ok && proof !== null)
    lines.push(...describeProof(proof, result.assets.languages.length, channels.length, seconds));
  lines.push(
    errors === 0 ? `content is in order (${warnings} warnings)` : `${errors} errors, ${warnings} warnings`,
  );
  return { lines, failed: errors > 0 };
}

/** One line for each language: how long the stories are to read, the quickest way and with everything tried. */
function describeStories({ languages, lessons }: Assets): readonly string[] {
  const stories = [...lessons.values()].filter(({ story }) => story.length > 0);
  return languages.flatMap((language) => {
    const levels = stories.flatMap((lesson) => {
      const text = lesson.texts.get(language);
      return text === undefined ? [] : [readingLevel(lesson, text)];
    });
    if (levels.length === 0) return [];
    const range = (values: readonly number[], digits: number): string =>
      `${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)}`;
    return [
      `${levels.length} stories in ${language}: ${range(
        levels.map(({ words }) => words.straight),
        0,
      )} words by the safe choices (${range(
        levels.map(({ minutes }) => minutes.straight),
        1,
      )} min), ${range(
        levels.map(({ words }) => words.everything),
        0,
      )} with everything read (${range(
        levels.map(({ minutes }) => minutes.everything),
        1,
      )} min); sentences of ${range(
        levels.map(({ sentence }) => sentence.average),
        1,
      )} words on average, ${Math.max(...levels.map(({ sentence }) => sentence.longest))} at most`,
    ];
  });
}

/** How hard the texts of one language are to read, and where to look first. */
export function describeLevel(level: TextLevel): string {
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const { longest } = level;
  return (
    `${level.texts} texts in ${level.language}: ${level.sentences} sentences of ${level.average.toFixed(1)} words on average, ` +
    `${percent(level.short)} of ten at most, ${longest.words} at most (${longest.where}); ` +
    `${percent(level.rare)} of the words stand in one text only, most of them in ` +
    level.hardest.map(({ where, words }) => `${where} (${words.slice(0, 4).join(', ')})`).join('; ')
  );
}

/** A fault stops the start; a rule that is overdue holds, and somebody should look. */
function inspectRules(result: RulesResult | null, now: Date): readonly Problem[] {
  if (result === null) return [];
  const place = { path: CHANNEL_RULES_PATH, line: null };
  if (!result.ok)
    return result.faults.map((message) => ({
      ...place,
      severity: 'error',
      message,
      mend: 'correct this value; the head of the file says what it means',
    }));
  return listExpired(result.rules, now).map((channel) => ({
    ...place,
    severity: 'warning',
    message: `the rule of ${channel} was to be checked again`,
    mend: 'read the source again, then set checked and expires',
  }));
}

function inspectDesk(rules: DeskRulesResult | null, content: LoadResult): readonly Problem[] {
  if (rules === null) return [];
  const named = rules.ok && content.ok ? findDeskFaults(rules.rules, content.assets) : [];
  return [...(rules.ok ? [] : rules.faults), ...named].map((message) => ({
    ...{ path: DESK_RULES_PATH, line: null, severity: 'error' as const, message },
    mend: 'correct this value; the comments of the file say what it means',
  }));
}

function describeProof(
  proof: Proof,
  languages: number,
  channels: number,
  seconds: number,
): readonly string[] {
  const within = (inputs: number): string => (inputs === Infinity ? 'not always' : `within ${inputs}`);
  return [
    `explored ${proof.states} states with ${proof.inputs} inputs, read ${proof.texts} texts in ${languages} languages for ${channels} channels, in ${seconds.toFixed(1)} s`,
    `from every state a person is asked for ${within(proof.person)} input(s); a number comes ${within(proof.number.normal)} input(s), ` +
      `in quiet mode ${within(proof.number.quiet)} (the agreed word first)`,
    proof.assumed.length === 0
      ? 'every condition was worked out over all values that can change it'
      : `conditions of which every answer was assumed: ${proof.assumed.join(', ')}`,
  ];
}

export function describeProblem(problem: Problem): string {
  const place = problem.line === null ? problem.path : `${problem.path}:${problem.line}`;
  return `${problem.severity} ${place}: ${problem.message}. ${problem.mend[0]?.toUpperCase() ?? ''}${problem.mend.slice(1)}.`;
}
