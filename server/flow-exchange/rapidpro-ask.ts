/** A RapidPro router that waits, with the message before it, as a question of ours. */
import type { Target } from './draft.ts';
import { ASK_NAMES, slug } from './names.ts';
import { extraReplies, choicesIn } from './rapidpro-choices.ts';
import { type Asked, type FlowReading, noteHere, putText } from './rapidpro-flow.ts';
import type { Action, Case, Category, RapidNode, Router } from './rapidpro-shapes.ts';
import {
  type AnswerKind,
  casesOf,
  categoryIds,
  isNumberMenu,
  kindOfCase,
  NUMBER_TESTS,
  numberCondition,
  shapeOfAnswer,
} from './rapidpro-tests.ts';
import { wishFrom } from './to-flow.ts';

export function putAsk(from: FlowReading, asked: Asked): void {
  const { node, router, prompt, key } = asked;
  const targets = targetsOf(node, router);
  const here = (category: string): Target =>
    targets.get(category) === node.uuid ? key : (targets.get(category) ?? null);
  const kinds = (category: Category): readonly AnswerKind[] =>
    casesOf(router)
      .filter((test) => test.category_uuid === category.uuid)
      .map((test) => kindOfCase(router, test));
  const isRead = (category: Category): boolean => kinds(category).includes('read');
  const chosen = router.categories.filter((category) =>
    kinds(category).some((kind) => kind === 'words' || kind === 'unsaid'),
  );
  const read = router.categories.filter(isRead);
  const anyText = router.categories.find((category) => kinds(category).includes('any_text'));
  const fallback = router.categories.find(({ uuid }) => uuid === router.default_category_uuid);
  const other = anyText ?? fallback;
  const silent = router.categories.find(({ uuid }) => uuid === router.wait?.timeout?.category_uuid);

  const ids = categoryIds(router.categories, ASK_NAMES);
  const isVoice = ['voice', 'place'].includes(shapeOfAnswer(router));
  const isReading = read.length > 0 || isVoice;
  const slot = slotFor(from, router, isReading);
  const choices = chosen.map((category) => ({ id: ids.get(category.uuid) ?? '', category }));
  const replies = extraReplies(prompt, router, [...choices.map(({ id }) => id), ...ASK_NAMES]);
  const exits: (readonly [string, Target])[] = choices.map(({ id, category }) => [id, here(category.uuid)]);
  const otherTarget = other === undefined ? null : here(other.uuid);
  for (const { id } of replies) exits.push([id, otherTarget]);
  if (isReading) exits.push(['any', readTarget(from, asked, read, slot, here, otherTarget)]);
  if (other !== undefined || exits.length === 0 || isReading) exits.push(['other', otherTarget]);
  const wait = router.wait?.timeout;
  if (silent !== undefined && wait !== undefined && wait !== null) exits.push(['silence', here(silent.uuid)]);

  const wish =
    router.result_name === null || router.result_name === undefined || slug(router.result_name).length < 3
      ? wishFrom(promptText(prompt), 'ask')
      : slug(router.result_name);
  const message = putText(from, node.uuid, prompt, wish, choicesIn(from, asked, choices, replies));
  if (prompt === null) noteSilentWait(from, node, message);
  const stands = answered(
    node,
    router,
    [
      ...chosen,
      ...(other === undefined ? [] : [other]),
      ...(silent === undefined ? [] : [silent]),
      ...(read.length === 1 || isNumberMenu(router) ? read : []),
    ],
    read.length > 1 || needsBranch(router, read),
  );
  from.nodes.push({
    key,
    wish,
    body: {
      ask: message,
      ...(slot === null ? {} : { slot }),
      ...(silent === undefined || wait === undefined || wait === null
        ? {}
        : { wait: waitText(wait.seconds) }),
    },
    exits,
    from: [...asked.from, ...(prompt === null ? [] : [prompt.uuid]), ...stands],
    node: node.uuid,
    messages: [message],
  });
  noteUnsaid(from, asked, other, silent, anyText, fallback);
  if (silent !== undefined && wait !== undefined && wait !== null) noteWait(from, node, wait.seconds);
}

/** Category → node its exit leads to. */
export function targetsOf(node: RapidNode, router: Router): ReadonlyMap<string, Target> {
  const exits = new Map(node.exits.map((exit) => [exit.uuid, exit.destination_uuid ?? null]));
  return new Map(router.categories.map(({ uuid, exit_uuid }) => [uuid, exits.get(exit_uuid ?? '') ?? null]));
}

function slotFor(from: FlowReading, router: Router, isReading: boolean): string | null {
  const name = router.result_name ?? '';
  if (name === '' && !isReading) return null;
  const { slots } = from.reading;
  const shape = shapeOfAnswer(router);
  const wanted = name === '' ? 'answer' : name;
  slots.declare(from.id, 'result', wanted, shape);
  // the same name may hold a text elsewhere in the flow: what is read needs a slot of its type
  const isFree = !isReading || slots.shapeOf(from.id, 'result', wanted) === shape;
  const kept = isFree ? wanted : `${wanted} ${shape}`;
  slots.declare(from.id, 'result', kept, shape);
  slots.fill(from.id, 'result', kept);
  return slots.use(from.id, 'result', kept);
}

function needsBranch(router: Router, read: readonly Category[]): boolean {
  if (read.length > 1) return true;
  return casesOf(router).some(
    (test) => NUMBER_TESTS.includes(test.type) && test.type !== 'has_number' && !isNumberMenu(router),
  );
}

/** Where a value that was read leads: straight on, or to a branch by its size. */
function readTarget(
  from: FlowReading,
  { node, router, key }: Asked,
  read: readonly Category[],
  slot: string | null,
  here: (category: string) => Target,
  otherTarget: Target,
): Target {
  const only = read[0];
  if (only === undefined) {
    const named = casesOf(router)[0]?.category_uuid;
    return named === undefined ? otherTarget : here(named);
  }
  if (!needsBranch(router, read) || slot === null) return here(only.uuid);
  const ids = categoryIds(router.categories, ['else']);
  const branch: Record<string, string> = {};
  const exits: (readonly [string, Target])[] = [];
  const standsFor: string[] = [];
  for (const category of read) {
    const tests = casesOf(router).filter(
      (test) => test.category_uuid === category.uuid && kindOfCase(router, test) === 'read',
    );
    const conditions = tests.map((test) => numberCondition(slot, test));
    const said = conditions.flatMap((condition) => (condition === null ? [] : [condition]));
    const id = ids.get(category.uuid) ?? '';
    branch[id] =
      said.length === 0
        ? 'false'
        : said.map((one) => (said.length > 1 && one.includes('&&') ? `(${one})` : one)).join(' || ');
    exits.push([id, here(category.uuid)]);
    standsFor.push(
      category.uuid,
      ...(category.exit_uuid === null || category.exit_uuid === undefined ? [] : [category.exit_uuid]),
    );
    tests.forEach((test, index) => {
      if (conditions[index] === null)
        noteCase(
          from,
          node.uuid,
          test,
          'its numbers are worked out, which cannot be compared here.',
          'a condition that never holds.',
        );
      standsFor.push(test.uuid);
    });
  }
  const branchKey = `${key}#range`;
  from.nodes.push({
    key: branchKey,
    wish: slug(`by ${slot}`),
    body: { branch },
    exits: [...exits, ['else', otherTarget]],
    from: standsFor,
    node: node.uuid,
    messages: [],
  });
  return branchKey;
}

function promptText(prompt: Action | null): string {
  return prompt !== null && typeof prompt['text'] === 'string' ? prompt['text'] : '';
}

/** Categories, exits and cases the question stands for. */
function answered(
  node: RapidNode,
  router: Router,
  categories: readonly Category[],
  hasBranch: boolean,
): readonly string[] {
  const uuids = new Set(categories.map(({ uuid }) => uuid));
  return [
    node.uuid,
    ...categories.flatMap(({ uuid, exit_uuid }) => [
      uuid,
      ...(exit_uuid === null || exit_uuid === undefined ? [] : [exit_uuid]),
    ]),
    ...casesOf(router)
      .filter((test) => uuids.has(test.category_uuid) && !(hasBranch && kindOfCase(router, test) === 'read'))
      .map(({ uuid }) => uuid),
  ];
}

/** `600` → `10m`. Waiting is counted in minutes, hours or days, three digits at most. */
export function waitText(seconds: number): string {
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes <= 999) return `${minutes}m`;
  const hours = Math.round(minutes / 60);
  return hours <= 999 ? `${hours}h` : `${Math.min(999, Math.round(hours / 24))}d`;
}

function noteWait(from: FlowReading, node: RapidNode, seconds: number): void {
  if (seconds % 60 === 0 && seconds <= 999 * 60) return;
  noteHere(
    from,
    node.uuid,
    'timeout',
    [],
    `it waits ${seconds} seconds.`,
    `${waitText(seconds)}: waiting is counted in minutes, hours or days.`,
  );
}

function noteSilentWait(from: FlowReading, node: RapidNode, message: string): void {
  noteHere(
    from,
    node.uuid,
    'wait',
    [],
    'the source waits without having asked anything.',
    `a question with the text ${message}, which is only "…": write what is asked.`,
  );
}

function noteCase(from: FlowReading, node: string, test: Case, lost: string, instead: string): void {
  noteHere(from, node, `case ${test.type}`, [test.uuid], lost, instead);
}

function noteUnsaid(
  from: FlowReading,
  { node, router }: Asked,
  other: Category | undefined,
  silent: Category | undefined,
  anyText: Category | undefined,
  fallback: Category | undefined,
): void {
  for (const test of casesOf(router)) {
    if (kindOfCase(router, test) === 'any_text' && test.category_uuid !== anyText?.uuid)
      noteCase(from, node.uuid, test, 'another case takes every text before it.', 'nothing: it is left out.');
    const inWords =
      kindOfCase(router, test) === 'words' && (test.arguments ?? []).some((text) => text.includes('@'));
    if (kindOfCase(router, test) === 'unsaid')
      noteCase(
        from,
        node.uuid,
        test,
        'this test cannot be done on what people write here.',
        'a choice of the same name, which is tapped or typed.',
      );
    else if (inWords)
      noteCase(
        from,
        node.uuid,
        test,
        'its words are worked out when it runs.',
        'the choice by its name alone.',
      );
  }
  if (anyText !== undefined && fallback !== undefined && anyText !== fallback)
    noteHere(
      from,
      node.uuid,
      `category ${fallback.name}`,
      idsOf(fallback),
      'any text is taken by another category before this one.',
      'nothing: an answer without words is asked about again.',
    );
  const led = new Set([
    ...casesOf(router).map(({ category_uuid }) => category_uuid),
    other?.uuid,
    silent?.uuid,
    fallback?.uuid,
  ]);
  for (const category of router.categories.filter(({ uuid }) => !led.has(uuid)))
    noteHere(
      from,
      node.uuid,
      `category ${category.name}`,
      idsOf(category),
      'no case leads to this category.',
      'nothing: it is left out.',
    );
  const operand = router.operand ?? '';
  if (operand !== '' && !operand.includes('input'))
    noteHere(
      from,
      node.uuid,
      `operand ${operand}`,
      [],
      'the source waits, but then compares something else than the answer.',
      'the answer itself is compared.',
    );
  const hint = router.wait?.hint?.type;
  if (hint !== undefined && !['audio', 'location', 'digits'].includes(hint))
    noteHere(
      from,
      node.uuid,
      `wait for ${hint}`,
      [],
      'pictures and videos are not read here.',
      'a question that is answered in words.',
    );
  if (router.wait !== null && router.wait !== undefined && router.wait.type !== 'msg')
    noteHere(
      from,
      node.uuid,
      `wait ${router.wait.type}`,
      [],
      'a flow here waits only for messages.',
      'a question that is answered in words.',
    );
}

function idsOf({ uuid, exit_uuid }: Category): readonly string[] {
  return exit_uuid === null || exit_uuid === undefined ? [uuid] : [uuid, exit_uuid];
}
