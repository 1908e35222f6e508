/** The working copy of one turn: the session being changed, the events so far, and how to say something. */
import type { Assets } from '../content/assets.ts';
import type { MessageArgs } from '../content/messages.ts';
import { choiceText, renderText, type RenderContext } from '../content/render.ts';
import { type AskNode, choicesOf, type Flow, type FlowNode } from '../flow/schema.ts';
import type { OfferedChoice } from '../understand/choices.ts';
import type { BotEvent, Choice } from './events.ts';
import { MAX_HISTORY, MAX_SLOT_UTF16 } from './limits.ts';
import type { Position, Session, SlotValue } from './session.ts';
import type { World } from './world.ts';

/** A fault of a flow or text found while running; becomes `turn_failed`. */
export class FlowFault extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

export interface Draft {
  readonly assets: Assets;
  readonly world: World;
  session: Session;
  events: BotEvent[];
  steps: number;
}

export function openDraft(assets: Assets, session: Session, world: World): Draft {
  return {
    assets,
    world,
    session: { ...session, slots: { ...session.slots }, place: [...session.place] },
    events: [],
    steps: 0,
  };
}

export function contextOf(draft: Draft): RenderContext {
  const { session, world } = draft;
  return {
    language: session.language,
    mode: session.mode,
    now: world.now,
    staffed: world.staffed,
    slots: session.slots,
  };
}

/** Says a text. In quiet mode no buttons are shown: they would betray; typed answers still count. */
export function say(
  draft: Draft,
  key: string,
  args: MessageArgs = {},
  choices: readonly Choice[] = [],
  variant: 'text' | 'retry' = 'text',
): void {
  sayText(draft, key, renderText(draft.assets, contextOf(draft), key, variant, args), choices);
}

/** Says a text that was joined from several messages; `key` names the first. */
export function sayText(draft: Draft, key: string, text: string, choices: readonly Choice[] = []): void {
  const shown = draft.session.mode === 'quiet' ? [] : choices;
  draft.events.push({
    type: 'message_created',
    id: draft.world.newId(),
    key,
    text,
    choices: shown,
    language: draft.session.language,
  });
}

export function setSlot(draft: Draft, slot: string, value: SlotValue | null): void {
  const { [slot]: _old, ...others } = draft.session.slots;
  const kept = typeof value === 'string' ? value.slice(0, MAX_SLOT_UTF16) : value;
  draft.session.slots = kept === null ? others : { ...others, [slot]: kept };
  draft.events.push({ type: 'slot_changed', slot });
}

export function topOf(draft: Draft): Position | null {
  return draft.session.place.at(-1) ?? null;
}

/** @throws FlowFault when the flow does not exist */
export function flowOf(draft: Draft, id: string): Flow {
  const flow = draft.assets.flows.get(id);
  if (flow === undefined) throw new FlowFault('unknown_flow');
  return flow;
}

/** The node a position names; null when an older session stands where this version has no node any more. */
export function nodeAt(draft: Draft, position: Position): FlowNode | null {
  return draft.assets.flows.get(position.flow)?.nodes.get(position.node) ?? null;
}

export function moveTo(draft: Draft, node: string, step = 0): void {
  const top = topOf(draft);
  if (top === null) throw new FlowFault('nothing_running');
  draft.session.place = [...draft.session.place.slice(0, -1), { flow: top.flow, node, step }];
}

/** Leaves whatever runs and stands at a node of a flow (its start when not named). */
export function jumpTo(draft: Draft, flow: string, node: string | null = null): void {
  draft.session.place = [{ flow, node: node ?? flowOf(draft, flow).start, step: 0 }];
  draft.session.misses = 0;
}

/** Remembers the question being left, for "back". */
export function remember(draft: Draft): void {
  const { place, slots, history } = draft.session;
  draft.session.history = [...history, { place, slots }].slice(-MAX_HISTORY);
}

/** What an `ask` offers, in order, with every way of typing it. */
export function offeredChoices(draft: Draft, node: AskNode): readonly OfferedChoice[] {
  const { assets, session } = draft;
  return choicesOf(node).map((id) => ({ id, ...choiceText(assets, session.language, node.ask, id) }));
}

/** Button ids name their question, so that a tap on an older message is not read as an answer to the newest. */
export function buttonsOf(position: Position, offered: readonly OfferedChoice[]): readonly Choice[] {
  return offered.map((choice) => ({
    id: `${position.flow}.${position.node}.${choice.id}`,
    label: choice.label,
  }));
}
