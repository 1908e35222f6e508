/** The web page as a channel. The page fetches its messages itself, so sending means: it may be shown now. */
import type { Adapter, Capabilities } from './adapter.ts';

/** Our own page has no platform's limits; these keep a message readable on a small phone. */
const CAPABILITIES: Capabilities = {
  maxTextUtf16: 4000,
  choices: 'inline_buttons',
  maxChoices: 13,
  maxChoiceLabelUtf16: 80,
  maxChoicePayloadBytes: 256,
  audio: true,
  locationRequest: false,
  typing: false,
  windowHours: null,
};

/** `verify` and `parse` are never reached by a webhook: what people write comes in through `server/webchat/router.ts`. */
export function createWebAdapter(): Adapter {
  return {
    channel: 'web',
    account: 'default',
    capabilities: CAPABILITIES,
    verify: () => 'invalid',
    parse: () => ({ kind: 'events', events: [] }),
    send: (_to, _message, context) => Promise.resolve({ ok: true, platformIds: [context.idempotencyKey] }),
    health: () => Promise.resolve({ ok: true, code: 'ok' }),
    secrets: [],
  };
}
