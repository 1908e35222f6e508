/** The simulator in a terminal: what is said as the channel would show it, and on demand what the engine decided and why. */
import {
  type Assets,
  type BotEvent,
  dangerReasonText,
  type DangerReason,
  showMoment,
  type SimulatorState,
} from '../../bot/index.ts';
import type { ChannelName } from '../channels/adapter.ts';
import { capabilitiesOf } from '../channels/capabilities.ts';
import { degrade } from '../channels/degrade.ts';

export interface ScreenOptions {
  assets: Assets;
  channel: ChannelName;
  /** shows every decision of the engine */
  trace: boolean;
}

/** The lines of one step. */
export function showEvents(
  events: readonly BotEvent[],
  state: SimulatorState,
  { assets, channel, trace }: ScreenOptions,
): readonly string[] {
  const lines: string[] = [];
  for (const event of events) {
    if (event.type === 'message_created') lines.push(...showMessage(event, channel));
    else if (trace) lines.push(`  · ${describeEvent(event, state, assets)}`);
  }
  return lines;
}

function showMessage(
  event: Extract<BotEvent, { type: 'message_created' }>,
  channel: ChannelName,
): readonly string[] {
  const parts = degrade(event, capabilitiesOf(channel)).flatMap((part) => [
    '',
    part.text,
    ...part.choices.map((choice, index) => `  [${index + 1}] ${choice.label}`),
  ]);
  const heard = event.audio === undefined || !capabilitiesOf(channel).audio ? [] : [`  (♪ ${event.audio})`];
  return [...parts, ...heard];
}

/** In the terminal of whoever writes flows values are shown; nothing of this ever reaches a log. */
function describeEvent(
  event: Exclude<BotEvent, { type: 'message_created' }>,
  state: SimulatorState,
  assets: Assets,
): string {
  switch (event.type) {
    case 'node_entered':
      return `${event.flow}.${event.node}`;
    case 'path_taken':
      return `${event.node} —${event.exit}→ ${event.to ?? '(end)'}`;
    case 'slot_changed':
      return `${event.slot} = ${showValue(state.session.slots[event.slot])}`;
    case 'danger_raised':
    case 'handover_requested': {
      const cause = event.type === 'handover_requested' ? ` (${event.cause})` : '';
      return [`${event.type} ${event.level}${cause}`, ...reasonLines(event.reasons, state, assets)].join(
        '\n      ',
      );
    }
    case 'offer_checked':
      return `offer_checked ${event.level}: ${event.reasons.join(', ') || 'no signs'}; register: ${event.agency} (${event.registerDate})`;
    default: {
      const { type, ...rest } = event;
      return `${type} ${JSON.stringify(rest)}`;
    }
  }
}

/** Each reason with the person's own words that caused it. */
function reasonLines(
  reasons: readonly DangerReason[],
  state: SimulatorState,
  assets: Assets,
): readonly string[] {
  return reasons.map(({ rule, level, textIndex, span }) => {
    const words = state.session.recent[textIndex]?.text.slice(span.start, span.end) ?? '';
    return `${level}: ${dangerReasonText(assets.danger, rule, state.session.language === 'en' ? 'en' : 'vi')} “${words}”`;
  });
}

function showValue(value: unknown): string {
  if (value === undefined) return '(empty)';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** Where the conversation stands, for `/state`. */
export function showState({ session, now, staffed, choices }: SimulatorState): readonly string[] {
  const place = session.place.map(({ flow, version, node }) => `${flow}@${version}.${node}`).join(' › ');
  const unfinished = session.unfinished?.place.at(-1);
  return [
    `time      ${showMoment(now)}, ${staffed ? 'somebody' : 'nobody'} on duty`,
    `place     ${place === '' ? '(nothing is asked)' : place}`,
    `mode      ${session.mode}, ${session.language}, risk ${session.risk}`,
    `choices   ${choices.map(({ label }) => label).join(' | ') || '(none)'}`,
    `signals   ${session.signals.join(', ') || '(none)'}`,
    `waiting   ${session.waiting === null ? '(no end)' : `until ${showMoment(new Date(session.waiting))}`}`,
    `half-way  ${unfinished === undefined ? '(nothing)' : `${unfinished.flow}.${unfinished.node}`}`,
    ...Object.entries(session.slots).map(([name, value]) => `  ${name} = ${showValue(value)}`),
  ];
}
