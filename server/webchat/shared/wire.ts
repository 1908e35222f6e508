/** What the page and the server say to each other, as types only; the server checks requests with `requests.ts`. */

export const PAGE_LANGUAGES = ['vi', 'en'] as const;
export type PageLanguage = (typeof PAGE_LANGUAGES)[number];

/** Longest text of one message, in UTF-16 units. A long job offer has 3,000; the whole must fit one body of 256 kB. */
export const MAX_TEXT_UTF16 = 8000;

/** A message as the page shows it. The person's own messages come only in a page rendered by the server. */
export interface PageMessage {
  seq: number;
  author: 'person' | 'bot' | 'counsellor' | 'system';
  text: string;
  choices: readonly { id: string; label: string }[];
  /** address of a recording of the text on our own host, where there is one */
  audio?: string;
}

/** `after` is the cursor for the next request: everything up to it has been told. */
export interface PageBatch {
  messages: readonly PageMessage[];
  after: number;
}

/** `ended`: closed by the person or by time. `erased`: everything about this chat was deleted. */
export type EndReason = 'ended' | 'erased';

/** Answer of `/api/chat/poll`. */
export type PollAnswer = ({ ended: null } & PageBatch) | { ended: EndReason };

/** Codes in `{"error":{"code":…}}`; the page has a sentence for each it can meet. */
export const CHAT_ERROR_CODES = [
  'bad_request',
  'not_json',
  'text_empty',
  'text_too_long',
  'body_too_large',
  'chat_ended',
  'chat_erased',
  'cross_site',
  'too_many_requests',
  'database_unavailable',
  'internal',
] as const;
export type ChatErrorCode = (typeof CHAT_ERROR_CODES)[number];
