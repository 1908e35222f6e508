/** Outbound limits of every channel, from the platforms' contracts (read November 2026); adapters that exist bring their own. */
import { CHANNELS } from './adapter.ts';
import type { Capabilities, ChannelName } from './adapter.ts';
import { LINE_CAPABILITIES } from './line.ts';
import { MESSENGER_CAPABILITIES } from './messenger.ts';
import { TELEGRAM_CAPABILITIES } from './telegram.ts';
import { createWebAdapter } from './web.ts';
import { ZALO_CAPABILITIES } from './zalo.ts';

/** What flows may know of a channel: abilities, never its name. */
export interface Can {
  audio: boolean;
  buttons: boolean;
  location: boolean;
}

export function canOf({ audio, choices, locationRequest }: Capabilities): Can {
  return { audio, buttons: choices !== 'typed', location: locationRequest };
}

/** Longest text that goes out as one message, in UTF-16 units; for a channel we no longer know, that of the tightest. */
export function maxPartOf(channel: string): number {
  const limits = CHANNELS.map((name) => ({ name, max: capabilitiesOf(name).maxTextUtf16 }));
  return limits.find(({ name }) => name === channel)?.max ?? Math.min(...limits.map(({ max }) => max));
}

export function capabilitiesOf(channel: ChannelName): Capabilities {
  switch (channel) {
    case 'web':
      return createWebAdapter().capabilities;
    case 'telegram':
      return TELEGRAM_CAPABILITIES;
    case 'messenger':
      return MESSENGER_CAPABILITIES;
    case 'zalo':
      return ZALO_CAPABILITIES;
    case 'line':
      return LINE_CAPABILITIES;
  }
}
