/** RapidPro's routers that do not wait, as branches, picks and exits of subflows. */
import type { Target } from './draft.ts';
import { fold } from './choice-labels.ts';
import { ASK_NAMES, slug } from './names.ts';
import { type FlowReading, noteHere, referenceOf, tagOf, templateParts } from './rapidpro-flow.ts';
import { targetsOf } from './rapidpro-ask.ts';
import type { Case, Category, RapidNode, Router } from './rapidpro-shapes.ts';
import { casesOf, categoryIds, numberCondition, textCondition, typedForms } from './rapidpro-tests.ts';

/** Longest condition a flow file may hold, in UTF-16 units. */
const MAX_CONDITION = 400;

/** What is branched on. */
type Subject =
  | { kind: 'slot'; name: string; scope: 'result' | 'field' }
  | { kind: 'language' }
  | { kind: 'groups' }
  | { kind: 'unknown' };

export function putSplit(
  from: FlowReading,
  node: RapidNode,
  router: Router,
  key: string,
  stands: readonly string[],
): void {
  if (router.type === 'random') putPick(from, node, router, key, stands);
  else putBranch(from, node, router, key, stands);
  if (router.result_name !== null && router.result_name !== undefined && router.result_name !== '')
    noteHere(
      from,
      node.uuid,
      `result ${router.result_name}`,
      [],
      'the way a split takes is not kept in a slot.',
      'nothing: set a slot behind each exit where it is needed.',
    );
}

/** The exits of a call by how it ended; a subflow here always comes back. */
export function exitsOfCall(
  from: FlowReading,
  node: RapidNode,
  router: Router,
): { next: Target; ids: readonly string[] } {
  const targets = targetsOf(node, router);
  const done =
    casesOf(router).find(({ arguments: given }) => given?.[0] === 'completed')?.category_uuid ??
    router.default_category_uuid ??
    router.categories[0]?.uuid ??
    '';
  const category = router.categories.find(({ uuid }) => uuid === done);
  const isDone = (test: Case): boolean => test.category_uuid === done;
  for (const rest of router.categories.filter(({ uuid }) => uuid !== done))
    noteHere(
      from,
      node.uuid,
      `category ${rest.name}`,
      [
        ...idsOf(rest),
        ...casesOf(router)
          .filter(({ category_uuid }) => category_uuid === rest.uuid)
          .map(({ uuid }) => uuid),
      ],
      'a flow that is called does not expire or fail here.',
      'nothing: the call goes on by its one exit.',
    );
  return {
    next: targets.get(done) ?? null,
    ids: [
      ...(category === undefined ? [] : idsOf(category)),
      ...casesOf(router)
        .filter(isDone)
        .map(({ uuid }) => uuid),
    ],
  };
}

function putPick(
  from: FlowReading,
  node: RapidNode,
  router: Router,
  key: string,
  stands: readonly string[],
): void {
  const targets = targetsOf(node, router);
  const ids = categoryIds(router.categories, []);
  const exits = router.categories.map(
    ({ uuid }) => [ids.get(uuid) ?? '', targets.get(uuid) ?? null] as const,
  );
  const only = exits[0];
  if (only !== undefined && exits.length < 2) {
    from.passages.set(key, only[1]);
    from.passed.push({ ids: [...stands, ...router.categories.flatMap(idsOf)], key });
    return;
  }
  from.nodes.push({
    key,
    wish: 'pick',
    body: { pick: 'random' },
    exits,
    from: [...stands, ...router.categories.flatMap(idsOf)],
    node: node.uuid,
    messages: [],
  });
}

function putBranch(
  from: FlowReading,
  node: RapidNode,
  router: Router,
  key: string,
  stands: readonly string[],
): void {
  const targets = targetsOf(node, router);
  const ids = categoryIds(router.categories, ['else']);
  const subject = subjectOf(router.operand ?? '');
  const fallback = router.categories.find(({ uuid }) => uuid === router.default_category_uuid);
  const led = router.categories.filter((category) =>
    casesOf(router).some(({ category_uuid }) => category_uuid === category.uuid),
  );
  const conditions: Record<string, string> = {};
  const exits: (readonly [string, Target])[] = [];
  const languages = subject.kind === 'language' ? languageExits(from, node, router, targets) : null;
  if (subject.kind === 'unknown' && led.length > 0) noteUnknown(from, node, router);
  if (languages === null)
    for (const category of led) {
      const id = ids.get(category.uuid) ?? '';
      conditions[id] = conditionOf(from, node, router, category, subject, id);
      exits.push([id, targets.get(category.uuid) ?? null]);
    }
  const rest: Target = fallback === undefined ? null : (targets.get(fallback.uuid) ?? null);
  for (const category of router.categories.filter((one) => one !== fallback && !led.includes(one)))
    noteHere(
      from,
      node.uuid,
      `category ${category.name}`,
      idsOf(category),
      'no case leads to this category.',
      'nothing: it is left out.',
    );
  const standsFor = [
    ...stands,
    ...[...led, ...(fallback === undefined ? [] : [fallback])].flatMap(idsOf),
    ...casesOf(router).map(({ uuid }) => uuid),
  ];
  if (led.length === 0) {
    from.passages.set(key, rest);
    from.passed.push({ ids: standsFor, key });
    return;
  }
  from.nodes.push({
    key,
    wish: wishOf(subject),
    body: { branch: languages === null ? conditions : '$language' },
    exits: [...(languages ?? exits), ['else', rest]],
    from: standsFor,
    node: node.uuid,
    messages: [],
  });
}

function subjectOf(operand: string): Subject {
  const parts = templateParts(operand.trim());
  const only = parts.length === 1 ? parts[0] : undefined;
  if (only?.kind !== 'expression') return { kind: 'unknown' };
  const inner =
    /^(?:lower|upper|trim|text|default)\(\s*([\w.]+)\s*(?:,\s*"[^"]*"\s*)?\)$/i.exec(only.expression)?.[1] ??
    only.expression;
  if (inner === 'contact.language') return { kind: 'language' };
  if (inner === 'contact.groups') return { kind: 'groups' };
  const found = referenceOf(inner);
  return found === null ? { kind: 'unknown' } : { kind: 'slot', name: found.name, scope: found.scope };
}

function wishOf(subject: Subject): string {
  if (subject.kind === 'slot') return slug(`by ${subject.name}`);
  return subject.kind === 'unknown' ? 'split' : `by-${subject.kind}`;
}

function conditionOf(
  from: FlowReading,
  node: RapidNode,
  router: Router,
  category: Category,
  subject: Subject,
  id: string,
): string {
  const tests = casesOf(router).filter(({ category_uuid }) => category_uuid === category.uuid);
  if (subject.kind === 'unknown') {
    const slot = from.reading.slots.use(from.id, 'unfilled', `split ${router.operand ?? node.uuid}`);
    return `has(slots.${slot}) && slots.${slot} == ${JSON.stringify(id)}`;
  }
  const said = tests.flatMap((test) => {
    const condition = oneCondition(from, test, subject);
    if (condition !== null) return [condition];
    noteHere(
      from,
      node.uuid,
      `case ${test.type}`,
      [test.uuid],
      'this test cannot be said as a condition here.',
      'a condition that never holds.',
    );
    return [];
  });
  const joined = said.map((one) => (said.length > 1 ? `(${one})` : one)).join(' || ');
  if (joined.length <= MAX_CONDITION) return joined === '' ? 'false' : joined;
  noteHere(
    from,
    node.uuid,
    `category ${category.name}`,
    [],
    'its condition is too long for one line of a flow.',
    'a condition that never holds.',
  );
  return 'false';
}

function oneCondition(from: FlowReading, test: Case, subject: Subject): string | null {
  const { slots } = from.reading;
  if (subject.kind === 'groups') {
    const name = test.arguments?.[1] ?? test.arguments?.[0] ?? '';
    if (test.type !== 'has_group' || name === '') return null;
    const slot = slots.use(from.id, 'group', name);
    return `has(slots.${slot}) && slots.${slot}`;
  }
  if (subject.kind !== 'slot') return null;
  const shape = slots.shapeOf(from.id, subject.scope, subject.name);
  const slot = slots.use(from.id, subject.scope, subject.name);
  if (shape === 'number') return numberCondition(slot, test);
  if (typeof shape === 'string' && ['place', 'money', 'flag'].includes(shape)) return null;
  return textCondition(
    slot,
    test,
    (text) => (subject.scope === 'result' ? choiceIdsFor(from, subject.name, text) : []),
    (text) => termOf(from, text),
  );
}

/** Choice ids that a word stands for in the questions that fill a result. */
function choiceIdsFor(from: FlowReading, result: string, text: string): readonly string[] {
  return from.flow.nodes.flatMap(({ router }) => {
    if (
      router?.wait === undefined ||
      router.wait === null ||
      slug(router.result_name ?? '', 99).replaceAll('-', '_') !== result.toLowerCase()
    )
      return [];
    const ids = categoryIds(router.categories, ASK_NAMES);
    return router.categories
      .filter(
        (category) =>
          fold(category.name) === fold(text) ||
          casesOf(router).some(
            (test) =>
              test.category_uuid === category.uuid &&
              typedForms(test.type, test.arguments ?? []).some((way) => fold(way) === fold(text)),
          ),
      )
      .flatMap(({ uuid }) => ids.get(uuid) ?? []);
  });
}

function termOf(from: FlowReading, text: string): string | null {
  const parts = templateParts(text);
  const only = parts.length === 1 ? parts[0] : undefined;
  if (only?.kind === 'text') return JSON.stringify(only.text);
  const found = only === undefined ? null : referenceOf(only.expression);
  if (found === null || from.reading.slots.shapeOf(from.id, found.scope, found.name) !== 'text') return null;
  return `slots.${from.reading.slots.use(from.id, found.scope, found.name)}`;
}

/** Null when a case compares the language with anything but a language: then conditions are tried. */
function languageExits(
  from: FlowReading,
  node: RapidNode,
  router: Router,
  targets: ReadonlyMap<string, Target>,
): readonly (readonly [string, Target])[] {
  const among = [from.base, ...from.localized.keys()];
  return casesOf(router).flatMap((test) => {
    const tag = tagOf(test.arguments?.[0] ?? '', among);
    if (tag !== null) return [[tag, targets.get(test.category_uuid) ?? null] as const];
    noteHere(
      from,
      node.uuid,
      `case ${test.type}`,
      [test.uuid],
      'it names no known language.',
      'nothing: it is left out.',
    );
    return [];
  });
}

function noteUnknown(from: FlowReading, node: RapidNode, router: Router): void {
  const slot = from.reading.slots.use(from.id, 'unfilled', `split ${router.operand ?? node.uuid}`);
  noteHere(
    from,
    node.uuid,
    `split by ${router.operand ?? 'nothing'}`,
    casesOf(router).map(({ uuid }) => uuid),
    'nothing here knows this value.',
    `a branch on the slot ${slot}, which nothing fills: until something does, the exit "else" is taken.`,
  );
}

function idsOf({ uuid, exit_uuid }: Category): readonly string[] {
  return exit_uuid === null || exit_uuid === undefined ? [uuid] : [uuid, exit_uuid];
}
