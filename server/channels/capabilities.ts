/** Outbound limits of every channel, from the platforms' contracts (read November 2026); adapters that exist bring their own. */
import type { Capabilities, ChannelName } from './adapter.ts';
import { TELEGRAM_CAPABILITIES } from './telegram.ts';
import { createWebAdapter } from './web.ts';
import { ZALO_CAPABILITIES } from './zalo.ts';

/** Meta: 2,000 characters, 13 quick replies of 20 characters, 24 hours after the person's last message. */
const MESSENGER: Capabilities = {
  maxTextUtf16: 2000,
  choices: 'quick_replies',
  maxChoices: 13,
  maxChoiceLabelUtf16: 20,
  maxChoicePayloadBytes: 1000,
  audio: true,
  locationRequest: false,
  typing: true,
  windowHours: 24,
};

/** LINE Messaging API: 5,000 UTF-16 units, 13 quick replies of 20 characters, no window (a monthly quota instead). */
const LINE: Capabilities = {
  maxTextUtf16: 5000,
  choices: 'quick_replies',
  maxChoices: 13,
  maxChoiceLabelUtf16: 20,
  maxChoicePayloadBytes: 300,
  audio: true,
  locationRequest: true,
  typing: true,
  windowHours: null,
};

/** What flows may know of a channel: abilities, never its name. */
export interface Can {
  audio: boolean;
  buttons: boolean;
  location: boolean;
}

export function canOf({ audio, choices, locationRequest }: Capabilities): Can {
  return { audio, buttons: choices !== 'typed', location: locationRequest };
}

export function capabilitiesOf(channel: ChannelName): Capabilities {
  switch (channel) {
    case 'web':
      return createWebAdapter().capabilities;
    case 'telegram':
      return TELEGRAM_CAPABILITIES;
    case 'messenger':
      return MESSENGER;
    case 'zalo':
      return ZALO_CAPABILITIES;
    case 'line':
      return LINE;
  }
}
