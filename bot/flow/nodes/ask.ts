/** ask: a question with choices, an answer that is read, or both; waits for the person. */
import { isOfferPart, looksLikeOffer } from '../../check/looks-like-offer.ts';
import { renderText, type TextVariant } from '../../content/render.ts';
import { textKeyFor } from '../../content/texts-by.ts';
import { isUrgent } from '../../engine/danger.ts';
import {
  buttonsOf,
  contextOf,
  type Draft,
  flowHere,
  FlowFault,
  offeredChoices,
  remember,
  say,
  setSlot,
  topOf,
} from '../../engine/draft.ts';
import type { Position, SlotValue } from '../../engine/session.ts';
import { unfinishedTopic } from '../../engine/unfinished.ts';
import { findRoute } from '../../understand/commands.ts';
import { readAnswer } from '../read-answer.ts';
import { type AskNode, choicesOf, waitMs } from '../schema.ts';
import { isRead, type SlotDeclaration, typeOf } from '../slots.ts';
import { follow, type NodeResult } from './result.ts';

export function enterAsk(
  draft: Draft,
  node: AskNode,
  position: Position,
  variant: TextVariant = 'text',
): NodeResult {
  const by = node.by === undefined || variant !== 'text' ? undefined : draft.session.slots[node.by];
  const key = textKeyFor(draft.assets, node.ask, by);
  say(draft, key, topicArgs(draft), buttonsOf(position, offeredChoices(draft, node)), variant);
  startWaiting(draft, node);
  return { kind: 'wait' };
}

/** `{topic}` names what was left half-way, where a flow offers to take it up. */
function topicArgs(draft: Draft): Record<string, string> {
  const topic = unfinishedTopic(draft);
  return topic === null ? {} : { topic: renderText(draft.assets, contextOf(draft), topic, 'text') };
}

/** Nobody is written to unasked who may be watched or in danger: then the question waits for ever. */
function startWaiting(draft: Draft, node: AskNode): void {
  if (node.wait === undefined || !maySpeakUnasked(draft)) return;
  const until = new Date(draft.world.now.getTime() + waitMs(node.wait)).toISOString();
  draft.session.waiting = until;
  draft.events.push({ type: 'wait_started', until });
}

export function maySpeakUnasked(draft: Draft): boolean {
  return draft.session.mode === 'normal' && !isUrgent(draft.session.risk) && !draft.world.muted;
}

/** Takes a choice as the answer. */
export function answerChoice(draft: Draft, node: AskNode, choice: string): NodeResult {
  if (!choicesOf(node).includes(choice)) throw new FlowFault('unknown_choice');
  const value = node.takes === undefined ? (choice === 'skip' ? null : choice) : undefined;
  return take(draft, node, value, choice, 'any');
}

/** Nothing was written for as long as the question waits. */
export function answerSilence(draft: Draft, node: AskNode): NodeResult {
  return take(draft, node, undefined, 'silence');
}

export type TextAnswer =
  | { kind: 'taken'; result: NodeResult }
  /** none of the kind that is asked for: the question is asked again, with an example */
  | { kind: 'invalid' }
  /** this question takes no free text */
  | { kind: 'not_taken' };

/** Reads free text as the answer where the node allows it. */
export function answerText(draft: Draft, node: AskNode, text: string): TextAnswer {
  if (node.takes !== undefined && !belongsHere(draft, node.takes, text)) return { kind: 'not_taken' };
  const declaration = declarationOf(draft, node);
  const type = declaration === null ? 'text' : typeOf(declaration);
  if (declaration !== null && isRead(type)) {
    const answer = readAnswer(draft.assets, declaration, text, draft.world.now);
    if (answer.kind === 'read') return takeValue(draft, node, answer.value);
    // what cannot be read leaves by `other` with an empty slot, or is asked about again
    return 'other' in node.exits
      ? { kind: 'taken', result: take(draft, node, null, 'other') }
      : { kind: 'invalid' };
  }
  if (!('other' in node.exits)) return { kind: 'not_taken' };
  const kept = declaration === null ? text : readAnswer(draft.assets, declaration, text, draft.world.now);
  const written = typeof kept === 'string' ? kept : kept.kind === 'read' ? kept.value : text;
  const value = node.takes === 'offer-part' ? added(draft, node, written) : written;
  return { kind: 'taken', result: take(draft, node, value, 'other') };
}

/** What is added for hours must not grow without end; the newest counts. */
const MAX_OFFER_UTF16 = 8000;

/** The offer from before with its next part on a line of its own. */
function added(draft: Draft, node: AskNode, part: SlotValue): SlotValue {
  const before = node.slot === undefined ? null : draft.session.slots[node.slot];
  if (typeof before !== 'string' || typeof part !== 'string' || before === '') return part;
  return `${before}\n${part}`.slice(-MAX_OFFER_UTF16);
}

/** A wish of its own, or another offer, is no answer here; and of what is left only a part of the offer goes on with it. */
function belongsHere(draft: Draft, takes: 'text' | 'offer-part', text: string): boolean {
  const deps = { signals: draft.assets.signals, register: draft.assets.register };
  if (findRoute(draft.assets.words, text) !== null) return false;
  return takes === 'offer-part' ? isOfferPart(text, deps) : !looksLikeOffer(text, deps);
}

/** A recording, where one is asked for. */
export function answerVoice(draft: Draft, node: AskNode, ref: string | null): NodeResult | null {
  const declaration = declarationOf(draft, node);
  if (ref === null || declaration === null || typeOf(declaration) !== 'voice') return null;
  return take(draft, node, ref, 'any');
}

function takeValue(draft: Draft, node: AskNode, value: SlotValue): TextAnswer {
  const named = typeof value === 'string' ? value.toLowerCase() : '';
  const exits = choicesOf(node).includes(named) ? [named, 'any', 'other'] : ['any', 'other'];
  return { kind: 'taken', result: take(draft, node, value, ...exits) };
}

function declarationOf(draft: Draft, node: AskNode): SlotDeclaration | null {
  const top = topOf(draft);
  if (node.slot === undefined || top === null) return null;
  return flowHere(draft, top).slots[node.slot] ?? null;
}

/** @param value what the slot holds from now on; null empties it, undefined leaves it */
function take(
  draft: Draft,
  node: AskNode,
  value: SlotValue | null | undefined,
  ...exits: readonly string[]
): NodeResult {
  const next = follow(node.exits, ...exits);
  if (next === null) throw new FlowFault('exit_without_target');
  remember(draft);
  if (node.slot !== undefined && value !== undefined) setSlot(draft, node.slot, value);
  return next;
}
