/** Every name a condition in a flow may use, with its type and what it means. */
import { RISK_LEVELS } from '../safety/danger.ts';
import type { SlotType } from './slots.ts';

/** Names besides `slots` and `args`, with their CEL types and what they mean (read in docs/flow-language.md). */
export const KNOWN = {
  signals: { type: 'list<string>', means: 'the ids of the warning signs the last offer check found' },
  risk: {
    type: 'string',
    means: `the risk so far: ${RISK_LEVELS.map((level) => `\`${level}\``).join(', ')}`,
  },
  mode: { type: 'string', means: '`normal` or `quiet`' },
  place: { type: 'string', means: 'where the person is, as far as known: `vn`, `abroad` or `unknown`' },
  staffed: { type: 'bool', means: 'whether a counsellor is on duty' },
  language: { type: 'string', means: 'the tag of the language spoken, such as `vi`' },
  unfinished: { type: 'bool', means: 'whether a question was left half-way and can be taken up again' },
  today: { type: 'string', means: 'the day in Vietnam, as `2026-11-25`' },
  hour: { type: 'int', means: 'the hour in Vietnam, 0 to 23' },
} as const;
/** What the channel can show, never which channel it is. */
export const ABILITIES = {
  audio: { type: 'bool', means: 'whether the channel plays recordings' },
  buttons: { type: 'bool', means: 'whether the channel shows buttons' },
  location: { type: 'bool', means: 'whether a location can be sent here' },
} as const;
export const SCOPE_NAMES: readonly string[] = ['slots', 'args', 'can', ...Object.keys(KNOWN)];

export interface KnownName {
  name: string;
  type: string;
  means: string;
}
/** Everything an expression may name besides slots and arguments, for docs/flow-language.md. */
export const KNOWN_NAMES: readonly KnownName[] = [
  ...Object.entries(KNOWN).map(([name, known]) => ({ name, ...known })),
  ...Object.entries(ABILITIES).map(([name, known]) => ({ name: `can.${name}`, ...known })),
];

/** CEL type of each slot type; money and place have parts: `slots.pay.amount`, `slots.home.province`. */
export const CEL_TYPES: Readonly<Record<SlotType, string | Readonly<Record<string, string>>>> = {
  choice: 'string',
  number: 'int',
  money: { amount: 'int', currency: 'string', per: 'string' },
  date: 'string',
  phone: 'string',
  country: 'string',
  province: 'string',
  place: { said: 'string', country: 'string', province: 'string' },
  text: 'string',
  voice: 'string',
  flag: 'bool',
};

/** `matches` runs a regular expression an editor typed; the others make lists and clocks that no flow needs. */
export const FORBIDDEN_CALLS: readonly string[] = [
  'matches',
  'map',
  'filter',
  'timestamp',
  'duration',
  'bytes',
];
