/** Turns a message key into the text a person reads. */
import type { Choice } from '../engine/events.ts';
import type { Assets } from './assets.ts';

export interface Rendered {
  key: string;
  text: string;
  choices: readonly Choice[];
  language: string;
}

/**
 * Renders one message outside a turn (server notices, the safe message).
 * @param args values for the ICU placeholders
 * @returns the text in `language`, or in its fallback where it is missing
 * @throws Error when the key exists in no language
 */
export function render(_assets: Assets, _key: string, _language: string, _now: Date, _args: Readonly<Record<string, string | number>>): Rendered {
  throw new Error('not built yet');
}
