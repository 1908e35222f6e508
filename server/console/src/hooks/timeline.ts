/** What was said, noted and done in one line of time, with the bot's questions and their answers folded. */
import type { Message, Note, Visit } from '../../../api/contract.ts';

export type TimelineItem =
  | { kind: 'message'; message: Message }
  | { kind: 'note'; note: Note }
  | { kind: 'visit'; visit: Visit; number: number; moment: 'begin' | 'end'; at: string }
  /** `bot` and `person`: how many messages of each are folded */
  | { kind: 'fold'; messages: readonly Message[]; bot: number; person: number };

interface Parts {
  /** oldest first */
  messages: readonly Message[];
  notes: readonly Note[];
  visits: readonly Visit[];
  /** never folded: why the person is in front */
  reasonSeqs: ReadonlySet<number>;
}

/** Fewer are quicker read than opened. */
const MIN_FOLDED = 4;
/** The newest are always in sight. */
const TAIL = 3;

export function buildTimeline({ messages, notes, visits, reasonSeqs }: Parts): TimelineItem[] {
  const items = joinInTime(messages, notes, visits);
  const folded: TimelineItem[] = [];
  let run: Message[] = [];
  const flush = (): void => {
    folded.push(...foldRun(run));
    run = [];
  };
  const firstOfTail = items.length - TAIL;
  items.forEach((item, index) => {
    if (item.kind === 'message' && index < firstOfTail && mayFold(item.message, reasonSeqs)) {
      run.push(item.message);
      return;
    }
    flush();
    folded.push(item);
  });
  flush();
  return folded;
}

/** A note stands behind the message it was written after; the beginning and end of a visit where they were. */
function joinInTime(
  messages: readonly Message[],
  notes: readonly Note[],
  visits: readonly Visit[],
): TimelineItem[] {
  const marks = listMarks(visits);
  const items: TimelineItem[] = [];
  let noteAt = 0;
  let markAt = 0;
  const addMarks = (before: string | null): void => {
    for (; markAt < marks.length; markAt += 1) {
      const mark = marks[markAt];
      if (mark === undefined || (before !== null && mark.at >= before)) return;
      items.push(mark);
    }
  };
  const ordered = notes.toSorted((a, b) => a.afterSeq - b.afterSeq || (a.createdAt < b.createdAt ? -1 : 1));
  const addNotes = (beforeSeq: number): void => {
    for (; noteAt < ordered.length; noteAt += 1) {
      const note = ordered[noteAt];
      if (note === undefined || note.afterSeq >= beforeSeq) return;
      items.push({ kind: 'note', note });
    }
  };
  // what is older than the oldest message shown belongs to a page that is not here
  const first = messages[0];
  if (first !== undefined && first.seq > 1) {
    while ((ordered[noteAt]?.afterSeq ?? Infinity) < first.seq - 1) noteAt += 1;
    while ((marks[markAt]?.at ?? '~') < first.createdAt) markAt += 1;
  }
  for (const message of messages) {
    addNotes(message.seq);
    addMarks(message.createdAt);
    items.push({ kind: 'message', message });
  }
  addNotes(Infinity);
  addMarks(null);
  return items;
}

type Mark = Extract<TimelineItem, { kind: 'visit' }>;

/** The beginning is worth a line only when it was not the first time. */
function listMarks(visits: readonly Visit[]): readonly Mark[] {
  return visits
    .flatMap((visit, index): Mark[] => [
      ...(visits.length > 1
        ? [{ kind: 'visit', visit, number: index + 1, moment: 'begin', at: visit.waitingSince } as const]
        : []),
      ...(visit.endedAt === null
        ? []
        : [{ kind: 'visit', visit, number: index + 1, moment: 'end', at: visit.endedAt } as const]),
    ])
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function mayFold(message: Message, reasonSeqs: ReadonlySet<number>): boolean {
  const isOfBot = message.author === 'bot' || message.author === 'person' || message.author === 'system';
  const isPlain = message.offerLevel === null && message.attachments.length === 0 && !message.unsent;
  return isOfBot && isPlain && message.delivery !== 'failed' && !reasonSeqs.has(message.seq);
}

/** What the person wrote before the bot's first or after answering its last question is no answer, and stays in sight. */
function foldRun(run: readonly Message[]): readonly TimelineItem[] {
  const asItem = (message: Message): TimelineItem => ({ kind: 'message', message });
  const first = run.findIndex(({ author }) => author === 'bot');
  const last = run.findLastIndex(({ author }) => author === 'bot');
  if (first === -1) return run.map(asItem);
  const end = run[last + 1]?.author === 'person' ? last + 2 : last + 1;
  const messages = run.slice(first, end);
  if (messages.length < MIN_FOLDED) return run.map(asItem);
  const count = (author: Message['author']): number =>
    messages.filter((message) => message.author === author).length;
  const fold = { kind: 'fold' as const, messages, bot: count('bot'), person: count('person') };
  return [...run.slice(0, first).map(asItem), fold, ...run.slice(end).map(asItem)];
}
