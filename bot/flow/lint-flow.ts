/** Checks of one flow: exits that lead somewhere, texts that exist, answers that can be told apart, no way to be left alone. */
import type { Assets, Problem } from '../content/assets.ts';
import { choiceText } from '../content/render.ts';
import { textKeysOf } from '../content/texts-by.ts';
import { fault, type YamlFile } from '../content/yaml.ts';
import { matchChoice } from '../understand/choices.ts';
import { entriesOf } from './entries.ts';
import { lintChosenTexts } from './lint-chosen-texts.ts';
import { lintDeclarations, lintSlots } from './lint-slots.ts';
import { type AskNode, choicesOf, exitsOf, type Flow, type FlowNode, messageKeysOf } from './schema.ts';
import { isRead, typeOf } from './slots.ts';

/** Telegram's limit for what a button carries, in bytes; ids are ASCII. */
const MAX_BUTTON_ID = 64;

export function lintFlow(assets: Assets, flow: Flow, file: YamlFile): readonly Problem[] {
  const problems: Problem[] = [];
  const indexOf = [...flow.nodes.keys()];
  const lineOf = (node: FlowNode): number | null => file.lineOf(['nodes', indexOf.indexOf(node.id)]);
  const report = (node: FlowNode, message: string, mend: string): void => {
    problems.push(fault(file.path, lineOf(node), `${node.id}: ${message}`, mend));
  };
  if (!flow.nodes.has(flow.start))
    problems.push(
      fault(
        file.path,
        file.lineOf(['start']),
        `the start node "${flow.start}" does not exist`,
        'name one of the nodes',
      ),
    );
  for (const node of flow.nodes.values()) {
    for (const [exit, target] of exitsOf(node)) {
      if (!flow.nodes.has(target))
        report(node, `exit "${exit}" leads to "${target}", which does not exist`, 'name a node of this flow');
    }
    for (const problem of [
      ...lintNode(assets, node),
      ...lintSlots(assets, flow, node),
      ...lintChosenTexts(assets, flow, node),
    ])
      report(node, problem.message, problem.mend);
    for (const key of textsSaidBy(assets, node))
      problems.push(...missingText(assets, key, file.path, lineOf(node)));
    if (node.kind === 'ask')
      for (const problem of lintAsk(assets, flow, node)) report(node, problem.message, problem.mend);
  }
  for (const problem of lintDeclarations(assets, flow))
    problems.push(fault(file.path, file.lineOf(['slots']), problem.message, problem.mend));
  if (flow.resume !== null)
    problems.push(...missingText(assets, flow.resume, file.path, file.lineOf(['resume'])));
  for (const id of unreachable(assets, flow)) {
    const node = flow.nodes.get(id);
    if (node !== undefined) report(node, 'no path leads here', 'lead an exit here or delete the node');
  }
  for (const id of loopsWithoutInput(assets, flow)) {
    const node = flow.nodes.get(id);
    if (node !== undefined)
      report(node, 'runs in a circle without ever waiting for the person', 'put an ask into the circle');
  }
  return problems;
}

/** Keys of every text a node may say, those that a value chooses among them. */
function textsSaidBy(assets: Assets, node: FlowNode): readonly string[] {
  const isChosen = (node.kind === 'say' || node.kind === 'ask') && node.by !== undefined;
  return messageKeysOf(node).flatMap((key) => (isChosen ? textKeysOf(assets, key) : [key]));
}

function lintNode(assets: Assets, node: FlowNode): readonly { message: string; mend: string }[] {
  switch (node.kind) {
    case 'branch':
      return [
        ...('else' in node.exits
          ? []
          : [{ message: 'has no exit "else"', mend: 'say where every other value goes' }]),
        ...(node.branch === '$unread' ? Object.keys(node.exits) : [])
          .filter((exit) => exit !== 'else' && !assets.lessons.has(exit))
          .map((exit) => ({
            message: `the exit "${exit}" is no lesson`,
            mend: 'with $unread every exit is the id of a lesson, or else',
          })),
      ];
    case 'lesson':
      return assets.lessons.has(node.lesson)
        ? []
        : [
            {
              message: `the lesson "${node.lesson}" does not exist`,
              mend: 'add content/lessons/<id>/lesson.yaml',
            },
          ];
    case 'subflow':
      return lintSubflow(assets, node.subflow, node.exits);
    case 'pick':
      return Object.keys(node.exits).length > 1
        ? []
        : [{ message: 'has nothing to pick from', mend: 'give it two exits or more' }];
    case 'set': {
      const language = node.set.language;
      if (language === undefined || language === '$slot' || assets.languages.includes(language)) return [];
      return [
        {
          message: `the language "${language}" is not served`,
          mend: 'use a tag of content/languages.yaml with served: true',
        },
      ];
    }
    default:
      return [];
  }
}

function lintSubflow(
  assets: Assets,
  id: string,
  exits: Readonly<Record<string, string>>,
): readonly { message: string; mend: string }[] {
  const flow = assets.flows.get(id);
  // said by lintSlots
  if (flow === undefined) return [];
  const ends = [...flow.nodes.values()]
    .filter((node) => node.kind === 'end')
    .map((node) => (node.end === true ? 'done' : node.end));
  return ends
    .filter((end) => !(end in exits) && !('done' in exits))
    .map((end) => ({
      message: `the flow "${id}" can end with "${end}", which has no exit here`,
      mend: `add an exit "${end}" or "done"`,
    }));
}

function lintAsk(assets: Assets, flow: Flow, node: AskNode): readonly { message: string; mend: string }[] {
  const found: { message: string; mend: string }[] = [];
  const ids = choicesOf(node);
  if (node.choices !== undefined && !('any' in node.exits)) {
    for (const id of node.choices.filter((choice) => !(choice in node.exits)))
      found.push({ message: `the choice "${id}" has no exit`, mend: `add an exit "${id}" or "any"` });
  }
  const declaration = node.slot === undefined ? undefined : flow.slots[node.slot];
  const reads = declaration !== undefined && isRead(typeOf(declaration));
  if (ids.length === 0 && !('other' in node.exits) && !(reads && 'any' in node.exits))
    found.push({ message: 'takes no answer at all', mend: 'add choices or an exit "other"' });
  if ('any' in node.exits && node.choices === undefined && node.slot === undefined)
    found.push({ message: 'has "any" but no list of choices', mend: 'add choices: [...]' });
  if ((node.wait === undefined) !== !('silence' in node.exits))
    found.push({
      message:
        node.wait === undefined ? 'has an exit "silence" but does not say when' : 'waits but leads nowhere',
      mend: 'write both: wait: 10m and an exit "silence"',
    });
  for (const id of ids) {
    if (`${flow.id}.${node.id}.${id}`.length > MAX_BUTTON_ID)
      found.push({
        message: `the button id of "${id}" is longer than ${MAX_BUTTON_ID} bytes`,
        mend: 'shorten flow, node or choice id',
      });
  }
  for (const language of assets.languages) found.push(...lintChoiceTexts(assets, language, node, ids));
  return found;
}

/** Every choice must have a label, and typing one without diacritics must not mean another. */
function lintChoiceTexts(
  assets: Assets,
  language: string,
  node: AskNode,
  ids: readonly string[],
): readonly { message: string; mend: string }[] {
  const offered: { id: string; label: string; typed: readonly string[] }[] = [];
  for (const id of ids) {
    try {
      offered.push({ id, ...choiceText(assets, language, node.ask, id) });
    } catch {
      return [
        {
          message: `the choice "${id}" has no label in ${language}`,
          mend: `write choices: ${id}: under ${node.ask}, or choice.${id}`,
        },
      ];
    }
  }
  return offered
    .filter((choice) => matchChoice(offered, foldLabel(choice.label)) !== choice.id)
    .map((choice) => ({
      message: `"${choice.label}" (${language}) typed without diacritics is not told apart from another choice`,
      mend: 'word one of them differently',
    }));
}

function foldLabel(label: string): string {
  return label.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd').replace(/Đ/g, 'D');
}

export function missingText(
  assets: Assets,
  key: string,
  path: string,
  line: number | null,
): readonly Problem[] {
  return assets.languages
    .filter((language) => assets.messages.get(language)?.has(key) === false)
    .map((language) =>
      fault(
        path,
        line,
        `the text "${key}" is missing in ${language}`,
        `write it in content/messages/${language}.yaml`,
      ),
    );
}

function unreachable(assets: Assets, flow: Flow): readonly string[] {
  const seen = new Set<string>([flow.start, ...entriesOf(assets, flow)]);
  for (const id of seen) {
    const node = flow.nodes.get(id);
    if (node !== undefined) for (const [, target] of exitsOf(node)) seen.add(target);
  }
  return [...flow.nodes.keys()].filter((id) => !seen.has(id));
}

/** Nodes on a circle in which nothing waits for the person: such a turn would never end. */
function loopsWithoutInput(assets: Assets, flow: Flow): readonly string[] {
  const waits = (node: FlowNode): boolean =>
    node.kind === 'ask' ||
    node.kind === 'lesson' ||
    node.kind === 'end' ||
    (node.kind === 'subflow' && alwaysWaits(assets, node.subflow));
  const comesBack = (from: string, target: string, seen: Set<string>): boolean => {
    const node = flow.nodes.get(from);
    if (node === undefined || waits(node)) return false;
    return exitsOf(node).some(
      ([, next]) => next === target || (!seen.has(next) && comesBack(next, target, seen.add(next))),
    );
  };
  return [...flow.nodes.keys()].filter((id) => comesBack(id, id, new Set()));
}

/** True when a flow cannot come to an end without waiting for the person first. */
function alwaysWaits(assets: Assets, id: string): boolean {
  const flow = assets.flows.get(id);
  if (flow === undefined) return false;
  const seen = new Set<string>([flow.start]);
  for (const at of seen) {
    const node = flow.nodes.get(at);
    if (node === undefined || node.kind === 'ask' || node.kind === 'lesson') continue;
    if (node.kind === 'end') return false;
    for (const [, target] of exitsOf(node)) seen.add(target);
  }
  return true;
}
