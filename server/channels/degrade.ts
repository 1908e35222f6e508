/** Fits a rich message to what one channel can show: pure, driven by `Capabilities`. */
import { createHash } from 'node:crypto';
import type { Capabilities, OutboundChoice, OutboundMessage, Recording } from './adapter.ts';
import { isBlank, splitText } from './split-text.ts';

export interface FittedPart {
  /** '' with a recording */
  text: string;
  /** buttons of this part; only the last part has any */
  choices: readonly { id: string; label: string }[];
  /** a part of its own, the first; what it says stands in the parts behind it, so it may fail without harm */
  recording?: Recording;
}

export type Degrade = (message: OutboundMessage, capabilities: Capabilities) => readonly FittedPart[];

/**
 * Splits a long text (`splitText`) and shows the choices as the channel can: as buttons under the last part, or, when they are
 * too many or too long for buttons, as a numbered list at the end of the text. The engine understands the number as the answer.
 *
 * A recording is a part of its own before the text, so that whoever cannot read hears it first and buttons stay at the end.
 *
 * @returns parts in order, each within `capabilities`; none when there is nothing to show. The ids of buttons fit
 *   `maxChoicePayloadBytes`: `resolveChoiceId` finds the choice again.
 * @throws RangeError if `capabilities.maxTextUtf16` < 20
 */
export const degrade: Degrade = (message, capabilities) => {
  const asButtons = !isBlank(message.text) && mayShowAsButtons(message.choices, capabilities);
  const text = asButtons ? message.text : appendNumbered(message.text, message.choices);
  const texts = splitText(text, capabilities.maxTextUtf16, message.language);
  const buttons = asButtons ? message.choices.map((choice) => fitChoice(choice, capabilities)) : [];
  const { recording } = message;
  const spoken =
    recording !== undefined &&
    texts.length > 0 &&
    (capabilities.audioFormats ?? []).includes(recording.format)
      ? [{ text: '', choices: [], recording }]
      : [];
  return [
    ...spoken,
    ...texts.map((part, index) => ({ text: part, choices: index === texts.length - 1 ? buttons : [] })),
  ];
};

/** Marks a shortened id; an own id of the engine never starts with it. */
const SHORT_MARK = '~';
/** 22 base64url characters hold 132 bits of SHA-256: no two choices ever meet. */
const SHORT_LENGTH = 22;

/**
 * Gives the machine payload of a button: the id itself, or, when that has more than `maxBytes`, a short id that stays the same
 * for the same id (nothing is stored).
 */
export function shortenChoiceId(id: string, maxBytes: number): string {
  const bytes = Buffer.byteLength(id);
  if (bytes >= 1 && bytes <= maxBytes) return id;
  return SHORT_MARK + createHash('sha256').update(id).digest('base64url').slice(0, SHORT_LENGTH);
}

/**
 * Finds the choice a payload stands for among those last offered.
 * @returns its full id; null when the payload names none of them (an old button, or made by hand)
 */
export function resolveChoiceId(
  payload: string,
  offered: readonly { id: string }[],
  maxBytes: number,
): string | null {
  return offered.find(({ id }) => shortenChoiceId(id, maxBytes) === payload)?.id ?? null;
}

function mayShowAsButtons(choices: readonly OutboundChoice[], capabilities: Capabilities): boolean {
  return (
    capabilities.choices !== 'typed' &&
    choices.length <= capabilities.maxChoices &&
    choices.every(({ label }) => oneLine(label).length <= capabilities.maxChoiceLabelUtf16 && !isBlank(label))
  );
}

function fitChoice(choice: OutboundChoice, capabilities: Capabilities): OutboundChoice {
  return {
    id: shortenChoiceId(choice.id, capabilities.maxChoicePayloadBytes),
    label: oneLine(choice.label),
  };
}

function appendNumbered(text: string, choices: readonly OutboundChoice[]): string {
  const list = choices.map(({ label }, index) => `${index + 1}. ${oneLine(label)}`).join('\n');
  return isBlank(text) || list === '' ? text + list : `${text}\n\n${list}`;
}

function oneLine(label: string): string {
  return label.trim().replace(/\s+/g, ' ');
}
