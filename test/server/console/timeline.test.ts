/** The line of time in a conversation: notes and visits where they belong, the bot's part folded, nothing of importance hidden. */
import { describe, expect, it } from '@jest/globals';
import type { Message, Note, Visit } from '../../../server/api/contract.ts';
import { buildTimeline } from '../../../server/console/src/hooks/timeline.ts';
import type { TimelineItem } from '../../../server/console/src/hooks/timeline.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 20, 5, minute)).toISOString();
const AUTHORS = { p: 'person', b: 'bot', c: 'counsellor', s: 'system', f: 'platform' } as const;

/** `pbpb`: one message per letter, one minute apart, numbered from `from` */
function say(letters: string, from = 1): Message[] {
  return Array.from(letters, (letter, index) => ({
    ...{
      id: `m${String(from + index)}`,
      seq: from + index,
      createdAt: at(from + index),
      isWhisper: false,
      userName: null,
    },
    author: Object.entries(AUTHORS).find(([key]) => key === letter)?.[1] ?? 'person',
    ...{
      text: 'x',
      choices: [],
      offerLevel: null,
      attachments: [],
      delivery: 'sent' as const,
      unsent: false,
    },
    ...{ failureClass: null, failureCode: null },
  }));
}
const note = (afterSeq: number, minute = afterSeq): Note => ({
  ...{ id: `n${String(afterSeq)}`, afterSeq, userName: 'Lan', text: 'x', createdAt: at(minute) },
  isWhisper: false,
  mentions: [],
});
const visit = (begin: number, end: number | null): Visit => ({
  ...{ waitingSince: at(begin), endedAt: end === null ? null : at(end), outcome: null, takenBy: null },
  state: end === null ? 'waiting' : 'closed',
});
const build = (
  messages: Message[],
  { notes = [], visits = [], reasons = [] }: { notes?: Note[]; visits?: Visit[]; reasons?: number[] } = {},
): string =>
  buildTimeline({ messages, notes, visits, reasonSeqs: new Set(reasons) })
    .map(show)
    .join(' ');
function show(item: TimelineItem): string {
  switch (item.kind) {
    case 'message':
      return String(item.message.seq);
    case 'note':
      return `n${String(item.note.afterSeq)}`;
    case 'visit':
      return `${item.moment}${String(item.number)}`;
    case 'fold':
      return `[${item.messages.map(({ seq }) => seq).join('-')} b${String(item.bot)} p${String(item.person)}]`;
  }
}

describe('folding', () => {
  it.each([
    ['what is short', 'pbpb', '1 2 3 4'],
    ['a long talk with the bot, except the newest three', 'pbpbpbpbp', '1 [2-3-4-5-6 b3 p2] 7 8 9'],
    ['what the person wrote of their own', 'pppppppp', '1 2 3 4 5 6 7 8'],
    ['what was written after the last answer', 'bpbppppcpc', '[1-2-3-4 b2 p2] 5 6 7 8 9 10'],
    ['each part of the bot by itself', 'bpbpcbpbpcpcp', '[1-2-3-4 b2 p2] 5 [6-7-8-9 b2 p2] 10 11 12 13'],
  ])('%s', (_what, letters, expected) => {
    expect(build(say(letters))).toBe(expected);
  });

  it('never hides a reason, an offer that was judged, a file or a message that failed', () => {
    const messages = say('bpbpbpbpbpbpbpbpbpbp');
    const [offer, file, failed] = [messages[6], messages[11], messages[16]];
    if (offer !== undefined) offer.offerLevel = 'danger';
    if (file !== undefined) file.attachments = [{ type: 'image', media: null, place: null }];
    if (failed !== undefined) failed.delivery = 'failed';
    const shown = build(messages, { reasons: [2] }).replace(/\[[^\]]*\]/g, '');
    expect(shown.trim().split(/\s+/)).toEqual(expect.arrayContaining(['2', '7', '12', '17']));
  });

  it('ends where a note or another visit begins', () => {
    expect(build(say('bpbpbpbpccc'), { notes: [note(4)] })).toBe(
      '[1-2-3-4 b2 p2] n4 [5-6-7-8 b2 p2] 9 10 11',
    );
  });
});

describe('notes and visits', () => {
  it('stand behind the message they were written after, in their own order', () => {
    expect(build(say('pcpc'), { notes: [note(4), note(2, 30), note(2, 20)] })).toBe('1 2 n2 n2 3 4 n4');
    expect(build([], { notes: [note(0)] })).toBe('n0');
  });

  it('tell the earlier times by their beginning and end', () => {
    expect(build(say('pcpc'), { visits: [visit(1, 2), visit(3, null)] })).toBe('1 begin1 2 end1 3 begin2 4');
    expect(build(say('pc'), { visits: [visit(1, null)] })).toBe('1 2');
  });

  it('leave out what is older than the page in sight', () => {
    expect(
      build(say('pc', 10), { notes: [note(3), note(9), note(11)], visits: [visit(1, 2), visit(3, null)] }),
    ).toBe('n9 10 11 n11');
  });
});
