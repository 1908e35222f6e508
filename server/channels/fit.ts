/** Whether a text and its choices arrive whole on a channel: what the proof over all content asks of each. */
import type { Capabilities, ChannelName, OutboundChoice } from './adapter.ts';
import { CHANNELS } from './adapter.ts';
import { capabilitiesOf } from './capabilities.ts';
import { degrade } from './degrade.ts';

/** More messages in a row than this are not read on a small screen. */
const MAX_PARTS = 3;

export interface Fit {
  name: ChannelName;
  /** @returns what is wrong with it there, or null */
  check: (text: string, choices: readonly OutboundChoice[], language: string) => string | null;
}

export function channelFits(): readonly Fit[] {
  return CHANNELS.map((name) => {
    const capabilities = capabilitiesOf(name);
    return { name, check: (text, choices, language) => checkFit(text, choices, language, capabilities) };
  });
}

function checkFit(
  text: string,
  choices: readonly OutboundChoice[],
  language: string,
  capabilities: Capabilities,
): string | null {
  const parts = degrade({ text, choices, language }, capabilities);
  if (parts.length === 0) return 'nothing is left to show';
  if (parts.length > MAX_PARTS) return `falls into ${parts.length} messages`;
  const tooLong = parts.find((part) => part.text.length > capabilities.maxTextUtf16);
  if (tooLong !== undefined) return `a part of it is longer than ${capabilities.maxTextUtf16} characters`;
  const shown = parts.flatMap((part) => part.choices.map(({ label }) => label));
  const written = parts.map((part) => part.text).join('\n');
  const lost = choices.find(({ label }) => !shown.includes(label) && !written.includes(label));
  return lost === undefined ? null : `the choice "${lost.label}" is not shown`;
}
