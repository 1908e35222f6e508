/** The working copy of one turn: the session being changed, the events so far, and how to say something. */
import type { Assets } from '../content/assets.ts';
import type { MessageArgs } from '../content/messages.ts';
import {
  audioOf,
  choiceText,
  fallbackMark,
  placeOf,
  type RenderContext,
  renderText,
  type TextVariant,
} from '../content/render.ts';
import type { Scope } from '../flow/expression.ts';
import { type AskNode, choicesOf, type Flow, type FlowNode } from '../flow/schema.ts';
import { flowAt, nodeOf } from '../flow/versions.ts';
import type { OfferedChoice } from '../understand/choices.ts';
import type { BotEvent, Choice } from './events.ts';
import { MAX_HISTORY, MAX_SLOT_UTF16 } from './limits.ts';
import { type Position, type Session, shortPlace, type SlotValue } from './session.ts';
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
  /** what became of the question the person was asked, when its flow has changed since */
  recap: 'none' | 'moved' | 'gone';
}

export function openDraft(assets: Assets, session: Session, world: World): Draft {
  return {
    assets,
    world,
    session: { ...session, slots: { ...session.slots }, place: [...session.place] },
    events: [],
    steps: 0,
    recap: 'none',
  };
}

export function contextOf(draft: Draft): RenderContext {
  const { session, world } = draft;
  return {
    language: session.language,
    mode: session.mode,
    now: world.now,
    staffed: world.staffed,
    ...(world.shifts === undefined ? {} : { shifts: world.shifts }),
    slots: session.slots,
    args: topOf(draft)?.args ?? NO_ARGS,
  };
}

const NO_ARGS: Readonly<Record<string, SlotValue>> = {};

/** Says a text. In quiet mode no buttons are shown: they would betray; typed answers still count. */
export function say(
  draft: Draft,
  key: string,
  args: MessageArgs = {},
  choices: readonly Choice[] = [],
  variant: TextVariant = 'text',
): void {
  const context = contextOf(draft);
  const mark = fallbackMark(draft.assets, context, key);
  const text = mark + renderText(draft.assets, context, key, variant, args);
  emit(draft, key, text, choices, audioOf(draft.assets, context, key, variant));
}

/** Said in quiet mode instead of every text that has no neutral form of its own. */
const QUIET_ACK = 'system.quiet-ack';

/**
 * Says a text that was joined from several messages or comes from a lesson; `key` names the first. Such texts have no quiet
 * variant: in quiet mode the neutral line stands for them.
 */
export function sayText(draft: Draft, key: string, text: string, choices: readonly Choice[] = []): void {
  if (draft.session.mode === 'quiet') say(draft, QUIET_ACK);
  else emit(draft, key, text, choices, null);
}

function emit(
  draft: Draft,
  key: string,
  text: string,
  choices: readonly Choice[],
  audio: string | null,
): void {
  const isQuiet = draft.session.mode === 'quiet';
  const last = draft.events.findLast((event) => event.type === 'message_created');
  // "OK" three times over would draw the eye
  if (isQuiet && last?.text === text) return;
  const shown = isQuiet ? [] : choices;
  draft.events.push({
    type: 'message_created',
    id: draft.world.newId(),
    key,
    text,
    choices: shown,
    language: draft.session.language,
    ...(audio === null ? {} : { audio }),
  });
}

export function setSlot(draft: Draft, slot: string, value: SlotValue | null): void {
  const { [slot]: old, ...others } = draft.session.slots;
  keepForBack(draft, slot, old);
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

/** The node a position names, in its own version of the flow; null when there is none any more. */
export function nodeAt(draft: Draft, position: Position): FlowNode | null {
  return nodeOf(draft.assets, position);
}

export function moveTo(draft: Draft, node: string, step = 0): void {
  const top = topOf(draft);
  if (top === null) throw new FlowFault('nothing_running');
  draft.session.place = [...draft.session.place.slice(0, -1), { ...top, node, step }];
}

/** A position at a node of today's version of a flow (its start when not named). */
export function positionIn(draft: Draft, flow: string, node: string | null = null): Position {
  const { version, start } = flowOf(draft, flow);
  return { flow, version, node: node ?? start, step: 0 };
}

/** Leaves whatever runs and stands at a node of a flow (its start when not named). */
export function jumpTo(draft: Draft, flow: string, node: string | null = null): void {
  draft.session.place = [positionIn(draft, flow, node)];
  draft.session.misses = 0;
}

/** The flow a position stands in. @throws FlowFault when its version is not kept any more */
export function flowHere(draft: Draft, position: Position): Flow {
  const flow = flowAt(draft.assets, position);
  if (flow === null) throw new FlowFault('unknown_flow');
  return flow;
}

/** Vietnam is seven hours ahead of UTC the whole year. */
const VIETNAM_OFFSET_MS = 7 * 3_600_000;

/** What the expressions of the running flow may know. */
export function scopeOf(draft: Draft): Scope {
  const { session, world } = draft;
  const local = new Date(world.now.getTime() + VIETNAM_OFFSET_MS);
  return {
    slots: session.slots,
    args: topOf(draft)?.args ?? {},
    signals: session.signals,
    risk: session.risk,
    mode: session.mode,
    place: placeOf(session.slots),
    staffed: world.staffed,
    language: session.language,
    can: world.can,
    unfinished: session.unfinished !== null,
    today: local.toISOString().slice(0, 10),
    hour: local.getUTCHours(),
  };
}

/** Remembers the question being left, for "back". */
export function remember(draft: Draft): void {
  const { place, history } = draft.session;
  draft.session.history = [...history, { at: shortPlace(place) }].slice(-MAX_HISTORY);
}

function keepForBack(draft: Draft, slot: string, old: SlotValue | undefined): void {
  const { history } = draft.session;
  const last = history.at(-1);
  if (last === undefined || (last.undo !== undefined && slot in last.undo)) return;
  draft.session.history = [...history.slice(0, -1), { ...last, undo: { ...last.undo, [slot]: old ?? null } }];
}

/** Makes the slots what they were at the last question remembered, and forgets that question. */
export function undoLast(draft: Draft): void {
  const last = draft.session.history.at(-1);
  draft.session.history = draft.session.history.slice(0, -1);
  if (last === undefined) return;
  const undo = last.undo ?? {};
  const kept = Object.entries(draft.session.slots).filter(([name]) => !(name in undo));
  draft.session.slots = Object.fromEntries([
    ...kept,
    ...Object.entries(undo).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
  ]);
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
