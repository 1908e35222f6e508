/** What our adapters fit messages to is within what the platforms document. */
import { describe, expect, it } from '@jest/globals';
import { LINE_CAPABILITIES } from '../../../server/channels/line.ts';
import { MESSENGER_CAPABILITIES } from '../../../server/channels/messenger.ts';
import { TELEGRAM_CAPABILITIES } from '../../../server/channels/telegram.ts';
import { ZALO_CAPABILITIES } from '../../../server/channels/zalo.ts';
import { LIMITS } from '../../support/platforms/limits.ts';

const { zalo, messenger, telegram, line } = LIMITS;

describe('the documented limits', () => {
  it.each([
    ['text of Zalo', ZALO_CAPABILITIES.maxTextUtf16, zalo.text.max],
    ['buttons of Zalo', ZALO_CAPABILITIES.maxChoices, zalo.buttons.max],
    ['titles of Zalo', ZALO_CAPABILITIES.maxChoiceLabelUtf16, zalo.buttons.titleMax],
    // a byte of an id takes up to three characters in a payload, after our mark
    [
      'payloads of Zalo',
      ZALO_CAPABILITIES.maxChoicePayloadBytes * 3 + '#ht:'.length,
      zalo.buttons.payloadMax,
    ],
    ['text of Messenger', MESSENGER_CAPABILITIES.maxTextUtf16, messenger.text.max],
    ['quick replies of Messenger', MESSENGER_CAPABILITIES.maxChoices, messenger.quickReplies.max],
    ['titles of Messenger', MESSENGER_CAPABILITIES.maxChoiceLabelUtf16, messenger.quickReplies.titleMax],
    [
      'payloads of Messenger',
      MESSENGER_CAPABILITIES.maxChoicePayloadBytes,
      messenger.quickReplies.payloadMax,
    ],
    ['text of Telegram', TELEGRAM_CAPABILITIES.maxTextUtf16, telegram.text.max],
    ['buttons of Telegram', TELEGRAM_CAPABILITIES.maxChoices, telegram.buttons.max],
    ['payloads of Telegram', TELEGRAM_CAPABILITIES.maxChoicePayloadBytes, telegram.buttons.payloadMaxBytes],
    ['text of LINE', LINE_CAPABILITIES.maxTextUtf16, line.text.max],
    ['messages of LINE in a call', LINE_CAPABILITIES.maxMessagesPerSend ?? 1, line.messagesPerCall],
    ['quick replies of LINE', LINE_CAPABILITIES.maxChoices, line.quickReplies.max],
    ['labels of LINE', LINE_CAPABILITIES.maxChoiceLabelUtf16, line.quickReplies.labelMax],
    ['data of LINE', LINE_CAPABILITIES.maxChoicePayloadBytes, line.quickReplies.dataMax],
  ])('%s: %d is within %d', (_what, ours, documented) => {
    expect(ours).toBeLessThanOrEqual(documented);
    expect(ours).toBeGreaterThan(0);
  });
});
