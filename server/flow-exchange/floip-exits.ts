/** How FLOIP blocks lead on: default exits, tested exits, and what a block would like to be called. */
import { textIn } from './floip-flow.ts';
import { readFormula } from './floip-expression.ts';
import type { Block, FloipExit } from './floip-shapes.ts';
import { slug } from './names.ts';

export function wishOf(block: Block, otherwise: string): string {
  const label = slug(block.label ?? '');
  if (/^[a-z]/i.test(block.name) && slug(block.name) !== '') return slug(block.name);
  return label.length >= 3 ? label : otherwise;
}

/** The way out when no test holds: the default, else the one without a test, else nowhere. */
export function defaultExit(block: Block): FloipExit | undefined {
  return (
    block.exits.find((exit) => exit.default === true) ??
    block.exits.find(({ test }) => test === null || test === undefined || test.trim() === '' || isTrue(test))
  );
}

function isTrue(test: string): boolean {
  const formula = readFormula(test);
  return formula?.kind === 'constant' && formula.value;
}

export function testedExits(block: Block): readonly FloipExit[] {
  const rest = defaultExit(block);
  return block.exits.filter((exit) => exit !== rest);
}

export function idsOf(block: Block, exits: readonly FloipExit[]): readonly string[] {
  return [block.uuid, ...exits.map(({ uuid }) => uuid)];
}

export function promptOf(block: Block): string {
  const question = textIn(block, 'question_prompt');
  return question === '' ? textIn(block, 'prompt') || textIn(block, 'message') : question;
}
