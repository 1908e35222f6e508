import { describe, expect, it } from '@jest/globals';
import { startSession } from '../../bot/index.ts';
import type { MessageView } from '../../server/ports.ts';
import { checkPerson, type Evidence, type Shown } from './check.ts';
import type { Script } from './script.ts';

const say = (text: string) => ({ text, choices: [], language: 'vi' });
const SCRIPT: Script = {
  channel: 'telegram',
  session: startSession('vi'),
  steps: [
    { kind: 'write', text: 'a', says: [say('A1'), say('A2')] },
    { kind: 'write', text: 'b', says: [say('B')] },
    { kind: 'take' },
    { kind: 'write', text: 'c', says: [] },
    { kind: 'reply', text: 'R' },
    { kind: 'give_back' },
    { kind: 'write', text: 'd', says: [say('D')] },
  ],
};
const LINES: readonly (readonly [MessageView['author'], string])[] = [
  ...([
    ['person', 'a'],
    ['bot', 'A1'],
    ['bot', 'A2'],
    ['person', 'b'],
    ['bot', 'B'],
    ['person', 'c'],
    ['counsellor', 'R'],
    ['person', 'd'],
    ['bot', 'D'],
  ] as const),
];

function store(lines: readonly (readonly [MessageView['author'], string])[]): MessageView[] {
  return lines.map(([author, text], index) => ({
    ...{ id: String(index), seq: index + 1, author, userId: null, text, choices: [], attachments: [] },
    ...{ createdAt: new Date(0), delivery: author === 'person' ? 'received' : 'sent', unsent: false },
    ...{ failureClass: null, failureCode: null },
  }));
}

function show(...texts: readonly string[]): Shown[] {
  return texts.map((text, index) => ({ text, at: index * 1000, call: String(index), from: 'first' }));
}

const GOOD: Evidence = {
  script: SCRIPT,
  transcript: store(LINES),
  session: startSession('vi'),
  owner: 'bot',
  shown: show('A1', 'A2', 'B', 'R', 'D'),
  taken: [{ from: 2_500, to: 3_500 }],
  isSendWindow: () => false,
};
const without = (index: number) => store(LINES.filter((_, at) => at !== index));
const swapped = (one: number, other: number) =>
  store(LINES.map((line, at) => LINES[at === one ? other : at === other ? one : at] ?? line));
const withDelivery = (index: number, delivery: MessageView['delivery']) =>
  store(LINES).map((message, at) => (at === index ? { ...message, delivery } : message));

describe('the reckoning of a run', () => {
  it('finds nothing where all is as the script says', () => {
    expect(checkPerson(GOOD)).toEqual({
      findings: [],
      counts: { written: 4, sent: 5, suppressed: 0, refused: 0 },
    });
  });

  it.each<[string, Partial<Evidence>, string]>([
    ['a message that had no turn', { transcript: without(3) }, 'lost'],
    ['an answer that was not decided', { transcript: without(4), shown: show('A1', 'A2', 'R', 'D') }, 'lost'],
    ['an answer that was never shown', { shown: show('A1', 'B', 'R', 'D') }, 'lost'],
    ['the last answer missing', { shown: show('A1', 'A2', 'B', 'R') }, 'lost'],
    ['an answer that still waits', { transcript: withDelivery(8, 'queued') }, 'lost'],
    ['an answer that failed', { transcript: withDelivery(8, 'failed') }, 'lost'],
    [
      'a turn taken twice',
      { transcript: store([...LINES, ['person', 'd'], ['bot', 'D']]) },
      'repeated_outside_window',
    ],
    ['turns in another order', { transcript: swapped(0, 3) }, 'out_of_order'],
    [
      'another text',
      { transcript: store(LINES.map(([who, text]) => [who, text === 'B' ? 'X' : text])) },
      'wrong_text',
    ],
    ['answers in another order', { shown: show('A2', 'A1', 'B', 'R', 'D') }, 'out_of_order'],
    ['answers of one call in another order', { shown: show('A2\n\nA1', 'B', 'R', 'D') }, 'wrong_text'],
    [
      'answers of one call shown twice',
      { shown: show('A1\n\nA2', 'A1\n\nA2', 'B', 'R', 'D') },
      'repeated_outside_window',
    ],
    ['an answer shown twice', { shown: show('A1', 'A1', 'A2', 'B', 'R', 'D') }, 'repeated_outside_window'],
    ['a text nobody decided', { shown: show('A1', 'A2', 'Z', 'B', 'R', 'D') }, 'wrong_text'],
    ['the bot speaking over a counsellor', { taken: [{ from: 500, to: 3_500 }] }, 'bot_over_human'],
    ['another place in the flow', { session: { ...startSession('vi'), misses: 2 } }, 'wrong_state'],
    ['no session', { session: null }, 'wrong_state'],
    ['a conversation that was not given back', { owner: 'counsellor' }, 'wrong_state'],
  ])('finds %s', (_name, change, fault) => {
    expect(checkPerson({ ...GOOD, ...change }).findings.map((finding) => finding.fault)).toContain(fault);
  });

  it('takes a repetition inside the send window for what it is', () => {
    const shown = show('A1', 'A2', 'A2', 'B', 'R', 'D');
    const isSendWindow = (_instance: string, at: number): boolean => at === 1_000;
    expect(checkPerson({ ...GOOD, shown, isSendWindow }).findings).toMatchObject([{ fault: 'repeated' }]);
  });

  it('reads the answers of one turn that went out as one text', () => {
    expect(checkPerson({ ...GOOD, shown: show('A1\n\nA2', 'B', 'R', 'D') }).findings).toEqual([]);
  });

  it('knows which of two equal texts was held back', () => {
    const steps = [
      { kind: 'write', text: 'a', says: [say('M')] },
      { kind: 'write', text: 'b', says: [say('M')] },
    ] as const;
    const transcript = store([
      ['person', 'a'],
      ['bot', 'M'],
      ['person', 'b'],
      ['bot', 'M'],
    ]).map((message, at) => (at === 1 ? { ...message, delivery: 'suppressed' as const } : message));
    const evidence = { ...GOOD, script: { ...SCRIPT, steps }, transcript, shown: show('M'), taken: [] };
    expect(checkPerson(evidence).findings).toEqual([]);
  });

  it('does not miss what was held back for a counsellor', () => {
    const held = { transcript: withDelivery(4, 'suppressed'), shown: show('A1', 'A2', 'R', 'D') };
    expect(checkPerson({ ...GOOD, ...held })).toMatchObject({ findings: [], counts: { suppressed: 1 } });
  });
});
