/** FLOIP blocks as nodes of ours; one that has no like here becomes a note, and the flow goes on. */
import { defaultExit, idsOf, promptOf, testedExits, wishOf } from './floip-exits.ts';
import { exitName, exitTarget, type FloipReading, noteBlock, putResource, textIn } from './floip-flow.ts';
import { putCase, putChoices, putOpen, putRead } from './floip-questions.ts';
import { readSetting } from './floip-settings.ts';
import type { Block, FloipExit } from './floip-shapes.ts';
import { createNames, slug, takeName } from './names.ts';
import { wishFrom } from './to-flow.ts';

export function readBlock(from: FloipReading, block: Block): void {
  switch (block.type) {
    case 'MobilePrimitives.Message':
    case 'ConsoleIO.Print':
      putSay(from, block);
      return;
    case 'MobilePrimitives.SelectManyResponse':
    case 'MobilePrimitives.SelectManyResponses':
      noteBlock(
        from,
        block,
        block.type,
        [],
        'several choices at once cannot be taken here.',
        'a question that takes one choice.',
      );
      putChoices(from, block);
      return;
    case 'MobilePrimitives.SelectOneResponse':
    case 'MobilePrimitives.AdvancedSelectOne':
      putChoices(from, block);
      return;
    case 'MobilePrimitives.NumericResponse':
    case 'SmartDevices.LocationResponse':
      putRead(from, block);
      return;
    case 'SmartDevices.PhotoResponse':
      noteBlock(
        from,
        block,
        block.type,
        [],
        'pictures are not read here.',
        'a question that is answered in words.',
      );
      putOpen(from, block);
      return;
    case 'MobilePrimitives.OpenResponse':
    case 'ConsoleIO.Read':
      putOpen(from, block);
      return;
    case 'Core.Case':
    case 'ConsoleIO.Case':
      putCase(from, block, block.uuid, [block.uuid], null);
      return;
    case 'Core.RunFlow':
      putCall(from, block);
      return;
    default:
      putOther(from, block);
      return;
  }
}

function putSay(from: FloipReading, block: Block): void {
  const prompt = promptOf(block);
  const first = textsFirst(from, prompt);
  const wish = wishOf(block, wishFrom(first, 'say'));
  const key = putResource(from, block, prompt, wish);
  from.nodes.push({
    key: block.uuid,
    wish,
    body: { say: key },
    exits: [['done', exitTarget(onlyExit(from, block))]],
    from: idsOf(block, block.exits.slice(0, 1)),
    node: block.uuid,
    messages: [key],
  });
}

/** What a block says without asking has one way on. */
function onlyExit(from: FloipReading, block: Block): FloipExit | undefined {
  const [first, ...rest] = block.exits;
  if (rest.length > 0)
    noteBlock(
      from,
      block,
      'exit',
      rest.map(({ uuid }) => uuid),
      `${rest.length} further exit(s) of a block that takes no answer.`,
      'nothing: the first exit is taken.',
    );
  return first;
}

function textsFirst(from: FloipReading, prompt: string): string {
  return (
    from.resources
      .get(prompt)
      ?.values.find(({ content_type: type, value }) => type.toUpperCase() === 'TEXT' && value !== '')
      ?.value ?? prompt
  );
}

function putCall(from: FloipReading, block: Block): void {
  const wanted = textIn(block, 'flow_id');
  const id = from.flowIds.get(wanted);
  const exit = onlyExit(from, block);
  if (id === undefined) {
    noteBlock(
      from,
      block,
      block.type,
      [block.uuid],
      'the flow it calls is not in this file.',
      'nothing: the flow goes on with what follows.',
    );
    pass(from, block, exit);
    return;
  }
  from.nodes.push({
    key: block.uuid,
    wish: wishOf(block, slug(id)),
    body: { subflow: id },
    exits: [['done', exitTarget(exit)]],
    from: idsOf(block, exit === undefined ? [] : [exit]),
    node: block.uuid,
    messages: [],
  });
}

function pass(from: FloipReading, block: Block, exit: FloipExit | undefined): void {
  from.passages.set(block.uuid, exitTarget(exit));
  from.passed.push({ ids: idsOf(block, exit === undefined ? [] : [exit]), key: block.uuid });
}

/** Settings become `set`; what has no like is left out, and where it had several ways on, a branch keeps them all. */
function putOther(from: FloipReading, block: Block): void {
  const isDecided = block.exits.length > 1 && !block.type.startsWith('Core.');
  const set = isDecided ? null : readSetting(from, block);
  if (set !== null) {
    const exit = onlyExit(from, block);
    from.nodes.push({
      key: block.uuid,
      wish: wishOf(block, 'set'),
      body: { set },
      exits: [['done', exitTarget(exit)]],
      from: idsOf(block, exit === undefined ? [] : [exit]),
      node: block.uuid,
      messages: [],
    });
    return;
  }
  if (block.exits.length < 2) {
    pass(from, block, block.exits[0]);
    return;
  }
  const rest = defaultExit(block);
  const tested = testedExits(block);
  const slot = from.reading.slots.use(
    from.id,
    'unfilled',
    `split ${block.name === '' ? block.uuid : block.name}`,
  );
  const used = createNames(['else']);
  const ids = tested.map((exit) =>
    takeName(slug(exitName(exit)) === '' ? 'exit' : slug(exitName(exit)), used),
  );
  noteBlock(
    from,
    block,
    block.type,
    [],
    'nothing here decides between its exits.',
    `a branch on the slot ${slot}, which nothing fills: until something does, the exit "else" is taken.`,
  );
  from.nodes.push({
    key: block.uuid,
    wish: wishOf(block, 'split'),
    body: { branch: slot },
    exits: [
      ...tested.map((exit, index) => [ids[index] ?? '', exitTarget(exit)] as const),
      ['else', exitTarget(rest)],
    ],
    from: idsOf(block, block.exits),
    node: block.uuid,
    messages: [],
  });
}
