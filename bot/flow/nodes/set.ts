/** set: keeps values, changes mode or language. */
import { type Draft, FlowFault, setSlot } from '../../engine/draft.ts';
import type { SetNode } from '../schema.ts';
import type { NodeResult } from './result.ts';

export function enterSet(draft: Draft, node: SetNode): NodeResult {
  const { mode, language, slots } = node.set;
  if (mode !== undefined && mode !== draft.session.mode) {
    draft.session.mode = mode;
    draft.events.push({ type: 'mode_changed', mode });
  }
  if (language !== undefined)
    setLanguage(draft, language === '$slot' ? String(draft.session.slots['language']) : language);
  for (const [slot, value] of Object.entries(slots ?? {})) setSlot(draft, slot, value);
  return { kind: 'goto', node: node.exits.done };
}

function setLanguage(draft: Draft, language: string): void {
  if (!draft.assets.languages.includes(language)) throw new FlowFault('language_not_served');
  draft.session.languageKnown = true;
  if (language === draft.session.language) return;
  draft.session.language = language;
  draft.events.push({ type: 'language_changed', language });
}
