/** Outbound limits of every channel, from the platforms' contracts (read November 2026); adapters that exist bring their own. */
import type { Capabilities, ChannelName } from './adapter.ts';
import { LINE_CAPABILITIES } from './line.ts';
import { MESSENGER_CAPABILITIES } from './messenger.ts';
import { TELEGRAM_CAPABILITIES } from './telegram.ts';
import { createWebAdapter } from './web.ts';

/** Zalo OA API v3: 2,000 characters, 5 buttons of 100 characters under a text, no audio; answers up to 7 days (free for 48 hours). */
const ZALO: Capabilities = {
  maxTextUtf16: 2000,
  choices: 'inline_buttons',
  maxChoices: 5,
  maxChoiceLabelUtf16: 100,
  maxChoicePayloadBytes: 1000,
  audio: false,
  locationRequest: false,
  typing: false,
  windowHours: 168,
};

export function capabilitiesOf(channel: ChannelName): Capabilities {
  switch (channel) {
    case 'web':
      return createWebAdapter().capabilities;
    case 'telegram':
      return TELEGRAM_CAPABILITIES;
    case 'messenger':
      return MESSENGER_CAPABILITIES;
    case 'zalo':
      return ZALO;
    case 'line':
      return LINE_CAPABILITIES;
  }
}
