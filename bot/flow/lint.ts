/** Whole-flow checks: what must hold before any flow speaks to a person. */
import type { Assets, AssetSource, Problem } from '../content/assets.ts';
import { fault, readYaml, warning, type YamlFile } from '../content/yaml.ts';
import { compileFlow } from './compile.ts';
import { REQUIRED_NODES } from './entries.ts';
import { lintFlow, missingText } from './lint-flow.ts';
import { lintLessons } from './lint-lessons.ts';

/** Texts the engine says by itself at any point, in both modes. */
export const SYSTEM_TEXTS = [
  'system.pick-one',
  'system.to-a-person',
  'system.numbers',
  'system.stopped',
  'system.attachment',
  'system.empty',
  'system.too-long',
  'system.failed',
  'system.all-clear',
  'system.quiet-ack',
  'system.recap',
  'system.nothing-to-go-back',
  'system.did-you-mean',
  'system.which-first',
  'system.offer-language',
  'numbers.retired',
] as const;

/** Texts the code names: they must be there in every language. */
const REQUIRED_MESSAGES = [
  ...SYSTEM_TEXTS,
  'system.next-shift',
  'numbers.line',
  'numbers.short',
  'numbers.local-police',
  'numbers.heading-vn',
  'numbers.heading-abroad',
  'choice.skip',
  'lesson.again',
  'lesson.real',
  'lesson.signs',
  'lesson.tonight',
  'lesson.ask',
  'offer.level.verify',
  'offer.level.caution',
  'offer.level.danger',
  'offer.reasons-title',
  'offer.reason-line',
  'offer.no-reasons',
  'offer.register.exact',
  'offer.register.similar',
  'offer.register.none',
  'offer.register.not-given',
  'offer.register.lookup',
  'offer.register.home',
  'offer.register.contact-differs',
  'offer.reads-like-danger',
  'offer.tonight-title',
  'offer.tonight-line',
  'offer.tonight.verify',
  'offer.tonight.caution',
  'offer.tonight.danger',
  'offer.summary',
  'offer.summary-register.similar',
  'offer.summary-register.none',
  'offer.summary-register.not-given',
] as const;

export function lintFlows(assets: Assets, files: readonly YamlFile[]): readonly Problem[] {
  const problems: Problem[] = [];
  for (const [flow, node] of REQUIRED_NODES) {
    const found = assets.flows.get(flow);
    if (found === undefined)
      problems.push(
        fault(`flows/${flow}.yaml`, null, `the flow "${flow}" is missing`, 'the engine needs it: write it'),
      );
    else if (node !== null && !found.nodes.has(node))
      problems.push(
        fault(
          `flows/${flow}.yaml`,
          null,
          `the node "${node}" is missing`,
          'the engine jumps there: write it',
        ),
      );
  }
  for (const key of REQUIRED_MESSAGES) problems.push(...missingText(assets, key, `content/messages`, null));
  for (const file of files) {
    const id = idOf(file);
    const flow = id === null ? undefined : assets.flows.get(id);
    if (flow !== undefined) problems.push(...lintFlow(assets, flow, file));
  }
  problems.push(
    ...lintRoutes(assets),
    ...lintSubflowCycles(assets, files),
    ...lintMessages(assets),
    ...lintLessons(assets),
  );
  return problems;
}

/** A phrase that starts a flow which is not there would break the turn of whoever writes it. */
function lintRoutes(assets: Assets): readonly Problem[] {
  const targets = new Map(
    assets.words.routes.map(({ route }) => [`${route.flow}#${route.node ?? ''}`, route]),
  );
  return [...targets.values()].flatMap(({ flow, node }) => {
    const found = assets.flows.get(flow);
    if (found !== undefined && (node === null || found.nodes.has(node))) return [];
    const target = node === null ? flow : `${flow}#${node}`;
    return [
      fault(
        'content/routes.yaml',
        null,
        `a route leads to "${target}", which does not exist`,
        'name a flow of flows/ and a node of it',
      ),
    ];
  });
}

export interface FlowBeside {
  /** the content with this flow in it; null when the file has faults */
  assets: Assets | null;
  problems: readonly Problem[];
}

/**
 * One flow file beside the content that is loaded, as if it stood there, with every fault of it: what an editor's page asks
 * while somebody types, before it asks for the proof.
 */
export function readFlowBeside(assets: Assets, source: AssetSource): FlowBeside {
  const result = readYaml(source);
  if (!result.ok) return { assets: null, problems: result.problems };
  const { flow, problems } = compileFlow(result.file);
  if (flow === null || problems.length > 0) return { assets: null, problems };
  const beside: Assets = { ...assets, flows: new Map([...assets.flows, [flow.id, flow]]) };
  const found = [...lintFlow(beside, flow, result.file), ...lintSubflowCycles(beside, [result.file])];
  const isSound = found.every(({ severity }) => severity !== 'error');
  return { assets: isSound ? beside : null, problems: found };
}

/** Placeholders must agree between languages, and nobody may be told a number that is typed into a text. */
function lintMessages(assets: Assets): readonly Problem[] {
  const problems: Problem[] = [];
  const source = assets.messages.get(assets.languages[0] ?? 'vi');
  for (const [language, messages] of assets.messages) {
    const path = `content/messages/${language}.yaml`;
    for (const message of messages.values()) {
      const original = source?.get(message.key);
      if (original === undefined) {
        problems.push(
          warning(
            path,
            message.line,
            `${message.key} does not exist in the source language`,
            'delete it or write the source',
          ),
        );
        continue;
      }
      const missing = [...original.placeholders].filter((name) => !message.placeholders.has(name));
      const extra = [...message.placeholders].filter((name) => !original.placeholders.has(name));
      if (missing.length + extra.length > 0)
        problems.push(
          fault(
            path,
            message.line,
            `${message.key}: placeholders differ (${[...missing, ...extra].join(', ')})`,
            'use the same ones as the source',
          ),
        );
      const lostFacts = [...original.facts].filter((id) => !message.facts.has(id));
      if (lostFacts.length > 0)
        problems.push(
          fault(
            path,
            message.line,
            `${message.key}: the number [[${lostFacts.join(']], [[')}]] is missing`,
            'give the same numbers as the source',
          ),
        );
    }
  }
  return problems;
}

function lintSubflowCycles(assets: Assets, files: readonly YamlFile[]): readonly Problem[] {
  const calls = (id: string): readonly string[] =>
    [...(assets.flows.get(id)?.nodes.values() ?? [])]
      .filter((node) => node.kind === 'subflow')
      .map((node) => node.subflow);
  const reaches = (from: string, target: string, seen: Set<string>): boolean =>
    calls(from).some((next) => next === target || (!seen.has(next) && reaches(next, target, seen.add(next))));
  return files.flatMap((file) => {
    const id = idOf(file);
    return id !== null && reaches(id, id, new Set())
      ? [fault(file.path, null, 'this flow calls itself through its subflows', 'break the circle')]
      : [];
  });
}

function idOf(file: YamlFile): string | null {
  const { data } = file;
  return typeof data === 'object' && data !== null && 'id' in data && typeof data.id === 'string'
    ? data.id
    : null;
}
