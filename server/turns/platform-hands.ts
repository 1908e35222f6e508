/** What a platform tells about hands other than ours: somebody answers there, gives back, or the person takes a message back. */
import type { InboundEvent, Party } from '../channels/adapter.ts';
import { markHandover } from './apply.ts';
import { addMessage, count, type Draft, type MessageBody } from './draft.ts';
import type { StoredMessage } from './take.ts';

/** What is left of a message that was taken back. */
export const UNSENT_BODY: MessageBody = { text: '', choices: [], unsent: true };

/**
 * The bot is mute from now on, and what was written is kept. A counsellor of ours who has the conversation keeps it. While nobody
 * waits at the desk a handover that nobody took keeps the conversation in sight.
 */
export function takeOver(draft: Draft, event: InboundEvent, party: Party, newId: () => string): void {
  if (event.text !== '' || event.attachments.length > 0) recordWords(draft, event, newId());
  if (draft.owner === 'counsellor') return;
  draft.platformAt = event.receivedAt;
  if (draft.owner === 'platform') return;
  draft.owner = 'platform';
  count(draft, 'platform_took_over', party);
  draft.audit.push({ action: 'platform_took_over', detail: { party } });
  draft.live.add('queue_changed');
  draft.live.add('conversation_changed');
  if (draft.handover !== null && draft.handover.state !== 'closed') return;
  draft.handover = {
    id: newId(),
    isNew: true,
    state: 'taken',
    risk: draft.session.risk,
    cause: 'platform',
    reasons: [],
    waitingSince: event.receivedAt,
  };
  markHandover(draft);
}

/** The platform says that the conversation is ours: the bot answers what comes next. */
export function handBack(draft: Draft): void {
  if (draft.owner !== 'platform') return;
  draft.owner = 'bot';
  count(draft, 'platform_gave_back');
  draft.audit.push({ action: 'platform_gave_back', detail: {} });
  draft.live.add('queue_changed');
  draft.live.add('conversation_changed');
  if (draft.handover?.cause !== 'platform') return;
  if (!draft.handover.isNew) draft.endedHandovers.push(draft.handover.id);
  draft.handover = null;
  draft.handoverChanged = false;
}

function recordWords(draft: Draft, event: InboundEvent, id: string): void {
  const attachments = event.attachments.map(({ type }) => ({ type }));
  addMessage(draft, {
    id,
    author: 'platform',
    createdAt: event.receivedAt,
    replyHandle: null,
    platformId: event.messageId,
    body: { text: event.text, choices: [], ...(attachments.length > 0 ? { attachments } : {}) },
  });
  count(draft, 'message_platform');
}

/**
 * Takes the words out of the transcript and out of what the scan remembers. What they raised stays: somebody may have been made to
 * take them back.
 *
 * @param stored where the message stands; undefined when it came in this batch, or never
 */
export function unsend(draft: Draft, messageId: string | null, stored: StoredMessage | undefined): void {
  const fresh = draft.messages.find((one) => one.platformId !== null && one.platformId === messageId);
  const seq = fresh?.seq ?? stored?.seq;
  if (seq === undefined) return;
  if (fresh !== undefined) Object.assign(fresh, { body: UNSENT_BODY, files: [] });
  else if (stored !== undefined) draft.unsentIds.push(stored.id);
  forgetWords(draft, seq);
  count(draft, 'unsent');
  draft.live.add('conversation_changed');
}

function forgetWords(draft: Draft, seq: number): void {
  const fromEnd = draft.recentSeqs.lastIndexOf(seq) - draft.recentSeqs.length;
  const said = draft.recentSeqs.includes(seq) ? draft.session.recent.at(fromEnd) : undefined;
  if (said === undefined) return;
  draft.session = {
    ...draft.session,
    recent: draft.session.recent.map((one) => (one === said ? { ...one, text: '' } : one)),
    pending: draft.session.pending === said.text ? null : draft.session.pending,
  };
}
