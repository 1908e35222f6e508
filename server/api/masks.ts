/** What a role without `texts` gets of a conversation: that something was said, when and by whom; never what. */
import type { Conversation, Message, QueueItem, Role } from './contract.ts';
import { may } from './policies.ts';

/** Reasons say what happened to somebody: they go with the texts. */
export function maskQueueItem(item: QueueItem, role: Role): QueueItem {
  return may(role, 'texts') ? item : { ...item, reasons: [] };
}

/**
 * Every field is named, so that a new one does not compile before somebody has thought of it here.
 *
 * @param conversation as a counsellor sees it
 */
export function maskConversation(conversation: Conversation, role: Role): Conversation {
  if (may(role, 'texts')) return conversation;
  const { now, id, code, channel, language, quiet, createdAt, handovers, sending, atPlatformSince } =
    conversation;
  const { visits, maxPartUtf16, handling } = conversation;
  const { state, risk, cause, waitingSince, takenBy, takenAt, endedAt, outcome, warnedAt } =
    conversation.handover;
  return {
    ...{ now, id, code, channel, language, quiet, createdAt, handovers, sending, atPlatformSince, handling },
    campaignRef: null,
    // read out of what the person wrote
    alsoWrites: [],
    masked: true,
    handover: {
      ...{ state, risk, cause, waitingSince, takenBy, takenAt, endedAt, outcome, warnedAt },
      reasons: [],
    },
    messages: conversation.messages.map(maskMessage),
    hasEarlier: conversation.hasEarlier,
    notes: conversation.notes.map(({ id: noteId, afterSeq, userName, isWhisper, createdAt: at }) => ({
      ...{ id: noteId, afterSeq, userName, createdAt: at, isWhisper, text: '', mentions: [] },
    })),
    ...{ visits, maxPartUtf16 },
  };
}

export function maskMessage(message: Message): Message {
  const { id, seq, author, userName, createdAt, delivery, unsent, failureClass, failureCode } = message;
  return {
    ...{ id, seq, author, userName, createdAt, delivery, unsent, failureClass, failureCode },
    text: '',
    choices: [],
    // what the bot made of what somebody was offered
    offerLevel: null,
    attachments: [],
  };
}
