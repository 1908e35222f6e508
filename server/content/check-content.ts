/** Everything that can be found out about a content before people meet it: faults, bad readings, and the proof over all flows. */
import {
  inspectReading,
  inspectTextLevels,
  inspectTexts,
  type LoadedParts,
  type Problem,
  prove,
} from '../../bot/index.ts';
import { channelFits } from '../channels/fit.ts';
import { CHANNEL_RULES_PATH, type ChannelRules, listExpired } from '../channels/rules.ts';
import type { ContentText } from './manifest.ts';
import { openContent } from './open-content.ts';

export interface ContentCheck {
  problems: readonly Problem[];
  parts: LoadedParts;
}

/** The same that `npm run check:content` says. Seconds. Errors first, then by file and line. */
export function checkContent(
  files: readonly ContentText[],
  options: { now: Date; recordings?: readonly string[]; before?: LoadedParts | null },
): ContentCheck {
  const opened = openContent(files, options);
  const { parts } = opened;
  if (!opened.ok) return { problems: inOrder(opened.problems), parts };
  const { assets, rules, problems } = opened.content;
  return {
    problems: inOrder([
      ...problems,
      ...overdueRules(rules, options.now),
      ...inspectTexts(assets, options.now),
      ...inspectReading(assets.lessons),
      ...inspectTextLevels(assets),
      ...prove(assets, { now: options.now, channels: channelFits() }).problems,
    ]),
    parts,
  };
}

/** A rule that is overdue holds, and somebody should look. */
export function overdueRules(rules: ChannelRules, now: Date): readonly Problem[] {
  return listExpired(rules, now).map((channel) => ({
    ...{ path: CHANNEL_RULES_PATH, line: null, severity: 'warning' as const },
    message: `the rule of ${channel} was to be checked again`,
    mend: 'read the source again, then set checked and expires',
  }));
}

function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const rank = ({ severity }: Problem): number => (severity === 'error' ? 0 : 1);
  return [...problems].sort(
    (a, b) =>
      rank(a) - rank(b) || (a.path < b.path ? -1 : a.path > b.path ? 1 : (a.line ?? 0) - (b.line ?? 0)),
  );
}
