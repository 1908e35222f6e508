/** What answers are read as and what conditions give, asked of the real readers when the page is written. */
import {
  type Assets,
  CEL_TYPES,
  createExpressions,
  FORBIDDEN_CALLS,
  KNOWN_NAMES,
  readAnswer,
  type Scope,
  SLOT_TYPE_MEANINGS,
  SLOT_TYPES,
  type SlotDeclaration,
  type Slots,
} from '../../bot/index.ts';
import { tableOf } from './fields.ts';
import { EXAMPLE_DAY } from './run-examples.ts';

/** What people write; the last of each cannot be read. Numbers that cannot be dialled. */
const ANSWERS: readonly (readonly [declaration: SlotDeclaration, texts: readonly string[]])[] = [
  ['number', ['19 tuổi', 'hai mươi mốt', 'em mười bảy', 'hai hay ba']],
  [{ type: 'number', min: 10, max: 99 }, ['19', '190']],
  ['money', ['20 củ', '15tr/tháng', '1.500 đô', '500 nghìn một ngày', 'nhiều lắm']],
  ['date', ['mai', '20/12', 'thứ hai tuần sau', 'cuối tháng này', 'hôm nào cũng được']],
  [{ type: 'date', min: 'today' }, ['ngày mốt', 'hôm qua']],
  ['phone', ['0900 000 101', '+84 900 000 101', '12345']],
  ['country', ['bên cam', 'dai loan', 'Japan', 'nước ngoài']],
  ['province', ['sài gòn', 'Hà Giang', 'lao cai', 'Nghệ An và Hà Tĩnh']],
  ['place', ['em ở lào', 'xưởng may ở Thuận An, Bình Dương', 'nhà số 5 gần chợ', '...']],
  [{ type: 'text', max: 12 }, ['may áo ở xưởng gần chợ']],
];

export function slotTypesTable(): string {
  return tableOf(
    ['type', 'what is kept', 'in conditions'],
    SLOT_TYPES.map((type) => [`\`${type}\``, SLOT_TYPE_MEANINGS[type], partsOf(CEL_TYPES[type])]),
  );
}

function partsOf(type: string | Readonly<Record<string, string>>): string {
  if (typeof type === 'string') return `\`${type}\``;
  return Object.entries(type)
    .map(([part, inner]) => `\`.${part}\` \`${inner}\``)
    .join(', ');
}

export function answersTable(assets: Assets): string {
  const rows = ANSWERS.flatMap(([declaration, texts]) =>
    texts.map((text, index) => {
      const answer = readAnswer(assets, declaration, text, EXAMPLE_DAY);
      const kept =
        answer.kind === 'read' ? `\`${JSON.stringify(answer.value)}\`` : 'not read: asked again, or `other`';
      return [index === 0 ? `\`${written(declaration)}\`` : '', `“${text}”`, kept];
    }),
  );
  return tableOf(['slot', 'somebody writes', 'kept'], rows);
}

function written(declaration: SlotDeclaration): string {
  if (typeof declaration === 'string') return declaration;
  const fields = Object.entries(declaration).map(([name, value]) => `${name}: ${String(value)}`);
  return `{ ${fields.join(', ')} }`;
}

export function namesTable(): string {
  return tableOf(
    ['name', 'type', 'meaning'],
    [
      ['`slots.<name>`', 'that of the slot', 'a slot this flow declares'],
      ['`args.<name>`', 'that of the argument', 'what the flow that runs this one handed in'],
      ...KNOWN_NAMES.map(({ name, type, means }) => [`\`${name}\``, `\`${type}\``, means]),
    ],
  );
}

const SLOTS: Slots = {
  age: { type: 'number', min: 10, max: 99 },
  pay: 'money',
  visa: 'choice',
  start: 'date',
  told: 'flag',
};

/** A condition, and what is in the slots when it is asked. */
const CONDITIONS: readonly (readonly [source: string, slots: Scope['slots']])[] = [
  ['slots.age < 18', { age: 16 }],
  ['slots.age < 18', {}],
  ['has(slots.age) && slots.age < 18', {}],
  [
    'slots.pay.amount >= 30000000 && slots.pay.currency == "VND"',
    { pay: { amount: 40_000_000, currency: 'VND', per: 'month' } },
  ],
  ['slots.visa in ["tourist", "none"]', { visa: 'tourist' }],
  ['slots.start <= today', { start: '2026-12-01' }],
  ['!(slots.told || staffed)', { told: false }],
  ['"pay-first" in signals', {}],
  ['slots.age + 1', { age: 17 }],
  ['slots.age / 0', { age: 17 }],
];

export function conditionsTable(): string {
  const compile = createExpressions(SLOTS, {});
  const rows = CONDITIONS.map(([source, slots]) => {
    const compiled = compile(source);
    if (!compiled.ok) throw new Error(compiled.message);
    const result = compiled.expression.evaluate(scopeWith(slots));
    const filled = Object.entries(slots).map(
      ([name, value]) => `\`${name}\` is \`${JSON.stringify(value)}\``,
    );
    return [
      `\`${source}\``,
      filled.length === 0 ? 'nothing is filled' : filled.join(', '),
      result.kind === 'value' ? `\`${String(result.value)}\`` : 'cannot be worked out: does not hold',
    ];
  });
  return tableOf(['written', 'when', 'gives'], rows);
}

const REFUSED: readonly string[] = [
  'slots.agee < 18',
  'age < 18',
  'slots.age < "18"',
  'slots.age <',
  'slots.visa.matches("t.*")',
];

export function refusedTable(): string {
  const compile = createExpressions(SLOTS, {});
  const rows = REFUSED.map((source) => {
    const compiled = compile(source);
    if (compiled.ok) throw new Error(`"${source}" is allowed, so it is no example of what is refused`);
    return [`\`${source}\``, compiled.message.replaceAll(`"${source}" `, 'it '), compiled.mend];
  });
  return tableOf(['written', 'the check says', 'and what to do'], rows);
}

export function forbiddenCalls(): string {
  return FORBIDDEN_CALLS.map((name) => `\`${name}()\``).join(', ');
}

/** In the morning of the example day, with nobody on duty and nothing known. */
function scopeWith(slots: Scope['slots']): Scope {
  return {
    slots,
    args: {},
    signals: [],
    risk: 'none',
    mode: 'normal',
    place: 'unknown',
    staffed: false,
    language: 'vi',
    can: { audio: false, buttons: true, location: false },
    unfinished: false,
    today: '2026-11-25',
    hour: 10,
  };
}
