/** Texts that a value chooses: `offer-guide.money`, and beside it `offer-guide.money.fishing` for one kind of offer. */
import type { SlotValue } from '../engine/session.ts';
import type { Assets } from './assets.ts';
import type { MessageMap } from './messages.ts';

/**
 * @param value what the slot holds that chooses; a country counts in lower case
 * @returns `key.value` where the source language has such a text, else `key` itself
 */
export function textKeyFor(assets: Assets, key: string, value: SlotValue | undefined): string {
  if (typeof value !== 'string' || value === '') return key;
  const own = `${key}.${value.toLowerCase()}`;
  return sourceTexts(assets)?.has(own) === true ? own : key;
}

/** Every text that `key` may stand for, itself first. */
export function textKeysOf(assets: Assets, key: string): readonly string[] {
  const own = [...(sourceTexts(assets)?.keys() ?? [])].filter((one) => one.startsWith(`${key}.`));
  return [key, ...own];
}

function sourceTexts(assets: Assets): MessageMap | undefined {
  return assets.messages.get(assets.languages[0] ?? 'vi');
}
