/** Reads what was written as a value of the slot that is asked for. */
import type { Assets } from '../content/assets.ts';
import { findCountry } from '../content/registers.ts';
import type { SlotValue } from '../engine/session.ts';
import {
  type MoneyAnswer,
  type PlaceAnswer,
  readDate,
  readMoney,
  readNumber,
  readPhone,
  readPlace,
  readProvince,
  type SlotRead,
} from '../understand/slots/read-slot.ts';
import { type SlotDeclaration, typeOf } from './slots.ts';

export type Answer = { kind: 'read'; value: SlotValue } | { kind: 'not_read' };

const NOT_READ: Answer = { kind: 'not_read' };

/**
 * @param today ISO date in Vietnam
 * @returns the value as the slot keeps it; `not_read` also for one outside the declared limits
 */
export function readAnswer(assets: Assets, declaration: SlotDeclaration, text: string, now: Date): Answer {
  switch (typeOf(declaration)) {
    case 'number':
      return withinNumbers(declaration, readNumber(text));
    case 'money':
      return copied(readMoney(text));
    case 'date':
      return withinDates(declaration, readDate(text, now), vietnamDay(now));
    case 'phone':
      return readPhone(text);
    case 'country': {
      const code = findCountry(assets.countries, text);
      return code === null ? NOT_READ : { kind: 'read', value: code };
    }
    case 'province':
      return readProvince(assets.provinces, text);
    case 'place':
      return copied(readPlace(assets.provinces, assets.countries, text));
    case 'text':
      return { kind: 'read', value: withinLength(declaration, text) };
    // a recording is sent, not written; a choice is tapped; a flag is set by flows
    case 'voice':
    case 'choice':
    case 'flag':
      return NOT_READ;
  }
}

/** A value of several parts, as plain JSON. */
function copied(answer: SlotRead<MoneyAnswer> | SlotRead<PlaceAnswer>): Answer {
  return answer.kind === 'read' ? { kind: 'read', value: { ...answer.value } } : NOT_READ;
}

function withinNumbers(
  declaration: SlotDeclaration,
  answer: { kind: 'read'; value: number } | { kind: 'not_read' },
): Answer {
  if (answer.kind === 'not_read' || !Number.isInteger(answer.value)) return NOT_READ;
  if (typeof declaration === 'string' || declaration.type !== 'number') return answer;
  const { min = -Infinity, max = Infinity } = declaration;
  return answer.value < min || answer.value > max ? NOT_READ : answer;
}

function withinDates(
  declaration: SlotDeclaration,
  answer: { kind: 'read'; value: string } | { kind: 'not_read' },
  today: string,
): Answer {
  if (answer.kind === 'not_read') return NOT_READ;
  if (typeof declaration === 'string' || declaration.type !== 'date') return answer;
  const day = (limit: string | undefined): string | undefined => (limit === 'today' ? today : limit);
  const min = day(declaration.min) ?? '0000-01-01';
  const max = day(declaration.max) ?? '9999-12-31';
  return answer.value < min || answer.value > max ? NOT_READ : answer;
}

function withinLength(declaration: SlotDeclaration, text: string): string {
  return typeof declaration === 'string' || declaration.type !== 'text'
    ? text
    : text.slice(0, declaration.max);
}

/** Vietnam is seven hours ahead of UTC the whole year. */
export function vietnamDay(now: Date): string {
  return new Date(now.getTime() + 7 * 3_600_000).toISOString().slice(0, 10);
}
