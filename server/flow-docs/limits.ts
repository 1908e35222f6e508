/** The engine's limits as a table: the values as they are, the reasons as they stand beside them in bot/engine/limits.ts. */
import { limits } from '../../bot/index.ts';
import { tableOf } from './fields.ts';

const CONSTANT = /\/\*\* ([^\n]+) \*\/\nexport const ([A-Z0-9_]+) =/g;

/**
 * @param source text of bot/engine/limits.ts
 * @throws Error naming a limit without a reason
 */
export function limitsTable(source: string): string {
  const reasons = new Map([...source.matchAll(CONSTANT)].map(([, reason = '', name = '']) => [name, reason]));
  const order = [...source.matchAll(/export const ([A-Z0-9_]+) =/g)].map(([, name = '']) => name);
  const values = new Map<string, unknown>(Object.entries(limits));
  const rows = order.map((name) => {
    const reason = reasons.get(name);
    if (reason === undefined)
      throw new Error(`bot/engine/limits.ts: ${name} has no reason in one line above it`);
    return [`\`${name}\``, new Intl.NumberFormat('en').format(Number(values.get(name))), reason];
  });
  return tableOf(['limit', 'value', 'meaning and reason'], rows);
}
