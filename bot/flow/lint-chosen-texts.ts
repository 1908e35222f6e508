/** Checks of texts that a value chooses (`by`): a slot that can choose, and no text that nobody would ever read. */
import type { Assets } from '../content/assets.ts';
import { textKeysOf } from '../content/texts-by.ts';
import type { Finding } from './lint-slots.ts';
import { choicesOf, type Flow, type FlowNode, messageKeysOf } from './schema.ts';
import { typeOf } from './slots.ts';

/** A text for a value that the slot never holds would never be said; without any such text `by` chooses nothing. */
export function lintChosenTexts(assets: Assets, flow: Flow, node: FlowNode): readonly Finding[] {
  if ((node.kind !== 'say' && node.kind !== 'ask') || node.by === undefined) return [];
  const slot = node.by;
  const declaration = flow.slots[slot];
  if (declaration === undefined)
    return [
      {
        message: `chooses its text by the slot "${slot}", which is not declared`,
        mend: `add under slots: ${slot}: choice`,
      },
    ];
  const type = typeOf(declaration);
  if (type !== 'choice' && type !== 'country')
    return [
      {
        message: `chooses its text by the ${type} "${slot}"`,
        mend: 'name a slot of type choice or country',
      },
    ];
  const values = new Set(type === 'country' ? countriesOf(assets) : choicesKeptIn(assets, slot));
  return messageKeysOf(node).flatMap((key) => {
    const chosen = textKeysOf(assets, key).slice(1);
    if (chosen.length === 0)
      return [
        {
          message: `no text "${key}.…" stands beside "${key}" for a value of "${slot}"`,
          mend: 'write one, or take "by" out',
        },
      ];
    return chosen
      .filter((one) => !values.has(one.slice(key.length + 1)))
      .map((one) => ({
        message: `the text "${one}" is never said: "${slot}" never holds "${one.slice(key.length + 1)}"`,
        mend: 'correct the end of its key, or delete it',
      }));
  });
}

function countriesOf(assets: Assets): readonly string[] {
  return assets.countries.map(({ code }) => code.toLowerCase());
}

/** The choices any flow keeps in this slot, tapped or set. */
function choicesKeptIn(assets: Assets, slot: string): readonly string[] {
  return [...assets.flows.values()].flatMap((flow) =>
    [...flow.nodes.values()].flatMap((node) => {
      if (node.kind === 'ask' && node.slot === slot) return choicesOf(node);
      const value = node.kind === 'set' ? node.set.slots?.[slot] : undefined;
      return typeof value === 'string' ? [value] : [];
    }),
  );
}
