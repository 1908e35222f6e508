/** Which messages of a conversation its own page may show, and up to where. */
import type { MessageView } from '../ports.ts';
import { audioAddress } from './audio.ts';
import type { PageMessage } from './shared/wire.ts';

export interface Visible {
  messages: readonly PageMessage[];
  /** cursor: everything up to this number has been told or will never be */
  after: number;
  /** false: something decided is still on its way to the page */
  settled: boolean;
}

/**
 * Rows in `seq` order → what to show. An outbound message counts once the sender let it through (`sent`): before that the
 * rules are checked again, and a bot message may yet be held back because a counsellor took over (`suppressed`).
 * The first one still `queued` ends the list, so that nothing is ever shown out of order.
 */
export function selectVisible(rows: readonly MessageView[], after: number): Visible {
  const messages: PageMessage[] = [];
  let cursor = after;
  for (const row of rows) {
    if (row.delivery === 'queued') return { messages, after: cursor, settled: false };
    cursor = Math.max(cursor, row.seq);
    if (row.delivery === 'failed' || row.delivery === 'suppressed') continue;
    // the web page has no inbox of another program
    if (row.author === 'platform') continue;
    if (row.author === 'system' && row.delivery !== 'sent') continue;
    if (row.text === '' && row.choices.length === 0) continue;
    const audio = row.audio === undefined ? null : audioAddress(row.audio);
    messages.push({
      seq: row.seq,
      author: row.author,
      text: row.text,
      choices: row.choices,
      ...(audio === null ? {} : { audio }),
    });
  }
  return { messages, after: cursor, settled: true };
}
