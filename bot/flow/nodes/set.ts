/** set: keeps values, given or worked out; changes mode or language. */
import { type Draft, setSlot, topOf } from '../../engine/draft.ts';
import type { SlotValue } from '../../engine/session.ts';
import type { SetNode } from '../schema.ts';
import { compute } from './compute.ts';
import type { NodeResult } from './result.ts';

export function enterSet(draft: Draft, node: SetNode): NodeResult {
  const { mode, language, slots } = node.set;
  const computed = node.set.compute === undefined ? {} : compute(draft, topOf(draft), node.id);
  if (mode !== undefined && mode !== draft.session.mode) {
    draft.session.mode = mode;
    // "back" leads to no question of the other mode: what is asked in quiet mode makes no sense outside it
    draft.session.history = [];
    draft.events.push({ type: 'mode_changed', mode });
  }
  if (language !== undefined)
    setLanguage(draft, language === '$slot' ? draft.session.slots['language'] : language);
  for (const [slot, value] of Object.entries(slots ?? {})) setSlot(draft, slot, value);
  for (const slot of Object.keys(node.set.compute ?? {})) setSlot(draft, slot, computed[slot] ?? null);
  if (node.set.unfinished === 'forget') draft.session.unfinished = null;
  return { kind: 'goto', exit: 'done', node: node.exits.done };
}

/** The slot may be empty, or hold a language that is served no more: then everything stays as it is. */
function setLanguage(draft: Draft, language: SlotValue | undefined): void {
  if (typeof language !== 'string' || !draft.assets.languages.includes(language)) return;
  draft.session.languageKnown = true;
  if (language === draft.session.language) return;
  draft.session.language = language;
  draft.events.push({ type: 'language_changed', language });
}
