/** What each encrypted column is bound to: `table|column|row id|conversation id`. A value moved elsewhere does not open. */

export function placePlatformId(contactId: string, conversationId: string): string {
  return `contacts|platform_id_enc|${contactId}|${conversationId}`;
}

/** The row id is not known before the insert, the dedupe key is. */
export function placeEvent(dedupeKey: string, conversationId: string): string {
  return `inbox|event_enc|${dedupeKey}|${conversationId}`;
}

export function placeSession(conversationId: string): string {
  return `sessions|session_enc|${conversationId}|${conversationId}`;
}

export function placeBody(messageId: string, conversationId: string): string {
  return `messages|body_enc|${messageId}|${conversationId}`;
}

export function placeReasons(handoverId: string, conversationId: string): string {
  return `handovers|reasons_enc|${handoverId}|${conversationId}`;
}

export function placePlan(conversationId: string): string {
  return `safe_contact_plans|plan_enc|${conversationId}|${conversationId}`;
}

export function placePlanReason(changeId: string, conversationId: string): string {
  return `safe_contact_changes|reason_enc|${changeId}|${conversationId}`;
}

/** Of a case, sealed with its own key. */
export function placeCase(column: 'consent_enc' | 'fields_enc' | 'identity_enc', caseId: string): string {
  return `cases|${column}|${caseId}|`;
}

export function placeCaseEntry(entryId: string, caseId: string): string {
  return `case_entries|text_enc|${entryId}|${caseId}`;
}

export function placeCaseTask(taskId: string, caseId: string): string {
  return `case_tasks|title_enc|${taskId}|${caseId}`;
}

export function placeReferral(referralId: string, caseId: string): string {
  return `case_referrals|note_enc|${referralId}|${caseId}`;
}

export function placeTransferNote(transferId: string, conversationId: string): string {
  return `transfers|note_enc|${transferId}|${conversationId}`;
}

export function placeTransferAnswer(transferId: string, conversationId: string): string {
  return `transfers|answer_enc|${transferId}|${conversationId}`;
}

export function placeRiskReason(overrideId: string, conversationId: string): string {
  return `risk_overrides|reason_enc|${overrideId}|${conversationId}`;
}

/** How to get a file from its platform. */
export function placeMediaSource(mediaId: string, conversationId: string): string {
  return `media|source_enc|${mediaId}|${conversationId}`;
}

export function placeMediaPreview(mediaId: string, conversationId: string): string {
  return `media|preview_enc|${mediaId}|${conversationId}`;
}

/** The file itself, outside the database. */
export function placeMediaFile(mediaId: string, conversationId: string): string {
  return `media|file|${mediaId}|${conversationId}`;
}

export function placeNote(noteId: string, conversationId: string): string {
  return `notes|body_enc|${noteId}|${conversationId}`;
}

export function placeDraft(userId: string, kind: string, conversationId: string): string {
  return `drafts|body_enc|${userId}/${kind}|${conversationId}`;
}

/** Belongs to no conversation. */
export function placeTokenPair(channel: string, account: string, generation: number): string {
  return `channel_tokens|pair_enc|${channel}/${account}|${generation}`;
}

/** A redacted wording; belongs to no conversation. */
export function placeHeardPhrase(id: string): string {
  return `heard_phrases|text_enc|${id}|`;
}

export function placeProposal(id: string): string {
  return `phrase_proposals|text_enc|${id}|`;
}
