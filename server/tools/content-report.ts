/** What `npm run check:content` prints: problems first, then what was checked. */
import type { LoadResult, Problem } from '../../bot/index.ts';
import { inspectTexts } from '../../bot/index.ts';

export interface ContentReport {
  lines: readonly string[];
  failed: boolean;
}

export function inspectContent(result: LoadResult, now: Date): ContentReport {
  const problems: Problem[] = [...result.problems];
  if (result.ok) problems.push(...inspectTexts(result.assets, now));
  const lines = problems.map(describeProblem);
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const warnings = problems.length - errors;
  if (result.ok) {
    const { flows, messages, lessons, languages, signals, register, hotlines } = result.assets;
    const nodes = [...flows.values()].reduce((sum, flow) => sum + flow.nodes.size, 0);
    const texts = [...messages.values()].reduce((sum, map) => sum + map.size, 0);
    lines.push(
      `${flows.size} flows with ${nodes} nodes, ${texts} texts in ${languages.length} languages (${languages.join(', ')}), ` +
        `${lessons.size} lessons, ${signals.byId.size} warning signs, ${register.rows.length} agency rows, ${hotlines.size} hotline entries`,
    );
  }
  lines.push(
    errors === 0 ? `content is in order (${warnings} warnings)` : `${errors} errors, ${warnings} warnings`,
  );
  return { lines, failed: errors > 0 };
}

export function describeProblem(problem: Problem): string {
  const place = problem.line === null ? problem.path : `${problem.path}:${problem.line}`;
  return `${problem.severity} ${place}: ${problem.message}. ${problem.mend[0]?.toUpperCase() ?? ''}${problem.mend.slice(1)}.`;
}
