/** FLOIP blocks that ask or decide, as questions and branches. */
import { fold, settleChoices } from './choice-labels.ts';
import type { Target } from './draft.ts';
import { defaultExit, idsOf, promptOf, testedExits, wishOf } from './floip-exits.ts';
import { comparedWithAnswer, readFormula, toCel } from './floip-expression.ts';
import {
  blockSlot,
  configOf,
  exitName,
  exitTarget,
  fillSlot,
  type FloipReading,
  noteBlock,
  putResource,
  referenceSlot,
  textsOf,
} from './floip-flow.ts';
import type { Block, FloipExit } from './floip-shapes.ts';
import { ASK_NAMES, createNames, slug, takeName } from './names.ts';
import { isRecord } from './read-json.ts';

/** Longest condition a flow file may hold, in UTF-16 units. */
const MAX_CONDITION = 400;

interface FloipChoice {
  id: string;
  name: string;
  prompt: string;
  typed: readonly string[];
}

/** `{tag: resource}` (rc1, rc2, rc4) or `[{name, prompt, test}]` (rc3). */
export function choicesOf(block: Block): readonly FloipChoice[] {
  const choices = configOf(block)['choices'];
  const used = createNames(ASK_NAMES);
  const make = (name: string, prompt: string, typed: readonly string[]): FloipChoice => ({
    id: takeName(slug(name) === '' ? 'choice' : slug(name), used),
    name,
    prompt,
    typed: [name, ...typed],
  });
  if (isRecord(choices))
    return Object.entries(choices).map(([name, prompt]) =>
      make(name, typeof prompt === 'string' ? prompt : '', []),
    );
  if (!Array.isArray(choices)) return [];
  return choices.filter(isRecord).map((choice) => {
    const tests = [
      choice['test'],
      ...(Array.isArray(choice['text_tests'])
        ? choice['text_tests'].filter(isRecord).map((test) => test['test_expression'])
        : []),
    ];
    const words = tests.flatMap((test) => {
      const formula = typeof test === 'string' ? readFormula(test) : null;
      return formula === null ? [] : comparedWithAnswer(formula);
    });
    const name = typeof choice['name'] === 'string' ? choice['name'] : '';
    return make(name, typeof choice['prompt'] === 'string' ? choice['prompt'] : '', words);
  });
}

export function putChoices(from: FloipReading, block: Block): void {
  const choices = choicesOf(block);
  if (choices.length === 0) {
    noteBlock(from, block, 'choices', [], 'it names no choices.', 'a question that is answered in words.');
    putOpen(from, block);
    return;
  }
  const rest = defaultExit(block);
  const ways = new Map<string, Target>();
  const left: FloipExit[] = [];
  for (const exit of testedExits(block)) {
    const mine = choicesOfExit(exit, choices);
    for (const choice of mine) if (!ways.has(choice.id)) ways.set(choice.id, exitTarget(exit));
    if (mine.length === 0) left.push(exit);
  }
  for (const exit of left)
    noteBlock(
      from,
      block,
      `exit ${exitName(exit)}`,
      [exit.uuid],
      'its test names none of the choices.',
      'nothing: it is left out.',
    );
  const shared = ways.size === 0;
  const exits: (readonly [string, Target])[] = shared
    ? [['any', exitTarget(rest)]]
    : choices.map(({ id }) => [id, ways.has(id) ? (ways.get(id) ?? null) : exitTarget(rest)]);
  if (rest !== undefined) exits.push(['other', exitTarget(rest)]);
  const wish = wishOf(block, 'ask');
  const key = putResource(from, block, promptOf(block), wish, (language) => {
    const { entries, changed } = settleChoices(
      choices.map(({ id, name, prompt, typed }) => {
        const texts = prompt === '' ? new Map<string, string>() : textsOf(from, block, prompt);
        return { id, label: texts.get(language) ?? texts.get(from.base) ?? name, typed };
      }),
    );
    if (language === from.base)
      for (const { id, why } of changed)
        noteBlock(
          from,
          block,
          `choice ${id}`,
          [],
          `${why}.`,
          'the choice as it is listed; reword it if it matters.',
        );
    return entries;
  });
  from.nodes.push({
    key: block.uuid,
    wish,
    body: {
      ask: key,
      slot: fillSlot(from, block),
      ...(shared ? { choices: choices.map(({ id }) => id) } : {}),
    },
    exits,
    from: idsOf(
      block,
      block.exits.filter((exit) => !left.includes(exit)),
    ),
    node: block.uuid,
    messages: [key],
  });
}

/** By the exit's own name, else by what its test compares the answer with; a number counts the choices. */
function choicesOfExit(exit: FloipExit, choices: readonly FloipChoice[]): readonly FloipChoice[] {
  const named = choices.filter(({ name }) => fold(name) === fold(exitName(exit)) && fold(name) !== '');
  if (named.length > 0) return named;
  const formula = readFormula(exit.test ?? '');
  if (formula === null) return [];
  const wanted = comparedWithAnswer(formula);
  return choices.filter(({ name, typed }, index) =>
    wanted.some(
      (text) =>
        fold(text) === fold(name) ||
        typed.some((way) => fold(way) === fold(text)) ||
        text === String(index + 1),
    ),
  );
}

export function putRead(from: FloipReading, block: Block): void {
  const wish = wishOf(block, 'ask');
  const key = putResource(from, block, promptOf(block), wish);
  const rest = defaultExit(block);
  const tested = testedExits(block);
  const slot = fillSlot(from, block);
  const branchKey = `${block.uuid}#range`;
  from.nodes.push({
    key: block.uuid,
    wish,
    body: { ask: key, slot },
    exits: [
      ['any', tested.length === 0 ? exitTarget(rest) : branchKey],
      ...(rest === undefined ? [] : [['other', exitTarget(rest)] as const]),
    ],
    from: idsOf(block, rest === undefined ? [] : [rest]),
    node: block.uuid,
    messages: [key],
  });
  if (tested.length > 0) putCase(from, block, branchKey, [], block);
}

export function putOpen(from: FloipReading, block: Block): void {
  const wish = wishOf(block, 'ask');
  const key = putResource(from, block, promptOf(block), wish);
  const rest = defaultExit(block);
  const tested = testedExits(block);
  const branchKey = `${block.uuid}#by`;
  from.nodes.push({
    key: block.uuid,
    wish,
    body: { ask: key, slot: fillSlot(from, block) },
    exits: [['other', tested.length === 0 ? exitTarget(rest) : branchKey]],
    from: idsOf(block, rest === undefined ? [] : [rest]),
    node: block.uuid,
    messages: [key],
  });
  if (tested.length > 0) putCase(from, block, branchKey, [], block);
}

/** A branch on the tests of a block's exits; `answer` is the block whose value they compare, when they stand behind a question. */
export function putCase(
  from: FloipReading,
  block: Block,
  key: string,
  stands: readonly string[],
  answer: Block | null,
): void {
  const rest = defaultExit(block);
  const used = createNames(['else']);
  const branch: Record<string, string> = {};
  const exits: (readonly [string, Target])[] = [];
  const tested = testedExits(block);
  for (const exit of tested) {
    const name = slug(exitName(exit));
    const id = takeName(
      name === '' || /^(?:true|false)$/.test(name) ? (name === 'false' ? 'no' : 'yes') : name,
      used,
    );
    const formula = readFormula(exit.test ?? '');
    const cel =
      formula === null
        ? null
        : toCel(formula, {
            slotOf: (path) => referenceSlot(from, path, answer),
            idsFor: (path, text) => choiceIdsFor(from, path, text, answer),
          });
    if (cel === null || cel.length > MAX_CONDITION)
      noteBlock(
        from,
        block,
        `exit ${exitName(exit)}`,
        [exit.uuid],
        'its test cannot be said as a condition here.',
        'a condition that never holds.',
      );
    branch[id] = cel === null || cel.length > MAX_CONDITION ? 'false' : cel;
    exits.push([id, exitTarget(exit)]);
  }
  if (tested.length === 0) {
    from.passages.set(key, exitTarget(rest));
    from.passed.push({ ids: [...stands, ...(rest === undefined ? [] : [rest.uuid])], key });
    return;
  }
  from.nodes.push({
    key,
    wish: answer === null ? wishOf(block, 'case') : slug(`by ${blockSlot(from, block)}`),
    body: { branch },
    exits: [...exits, ['else', exitTarget(rest)]],
    from: [...stands, ...block.exits.map(({ uuid }) => uuid)],
    node: block.uuid,
    messages: [],
  });
}

function choiceIdsFor(
  from: FloipReading,
  path: string,
  text: string,
  answer: Block | null,
): readonly string[] {
  const block = referenceSlot(from, path, answer)?.block ?? null;
  if (block === null) return [];
  return choicesOf(block).flatMap(({ id, name }, index) =>
    fold(name) === fold(text) || text === String(index + 1) ? [id] : [],
  );
}
