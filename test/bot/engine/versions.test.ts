/** People in the middle of a flow while a new version of it comes: they finish, are led over, or are told so; never an error. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Assets,
  type AssetSource,
  type BotEvent,
  readSession,
  type Session,
  startSession,
  takeTurn,
  type TurnInput,
} from '../../../bot/index.ts';
import { readSources } from '../../support/assets.ts';
import { changed, lean, mustLoad } from '../../support/broken-content.ts';

const CAN = { audio: true, buttons: true, location: true };
let count = 0;

function turn(
  assets: Assets,
  session: Session,
  input: TurnInput,
): { session: Session; events: readonly BotEvent[] } {
  const world = {
    now: new Date('2026-11-25T08:00:00Z'),
    newId: () => String((count += 1)),
    staffed: true,
    muted: false,
    can: CAN,
  };
  const taken = takeTurn(assets, session, input, world);
  const stored = readSession(JSON.parse(JSON.stringify(taken.session)));
  if (stored.kind === 'unreadable') throw new Error('unreadable session');
  return { session: stored.session, events: taken.events };
}

const text = (words: string): TurnInput => ({ kind: 'text', text: words, forwarded: false });
const tap = (id: string): TurnInput => ({ kind: 'choice', id });
const start: TurnInput = { kind: 'start', ref: null, languageHint: null };
const keys = (events: readonly BotEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === 'message_created' ? [event.key] : []));

/** The six flows of the beginning, and somebody waiting in each. */
const INSIDE: readonly (readonly [flow: string, node: string, inputs: readonly TurnInput[]])[] = [
  ['welcome', 'options', [start]],
  ['check-offer', 'contact', [start, tap('check'), tap('steps'), text('Hoa Cau')]],
  ['learn-away', 'papers', [start, tap('learn'), tap('away'), tap('papers')]],
  ['numbers', 'where', [start, tap('numbers')]],
  ['in-danger', 'where', [start, tap('danger'), tap('safe')]],
  ['talk-to-a-person', 'waiting', [start, text('gặp người thật')]],
  ['erase', 'confirm', [start, text('xóa')]],
];

/** Where people of versions before today's go. */
const EARLIER = /^migrations:\n(?: {2}.*\n)+/m;

/** The next version of a flow: one question renamed, with where its people go. */
function raised(node: string, migration: string): (text: string) => string {
  return (source) => {
    const version = Number(/^version: (\d+)$/m.exec(source)?.[1] ?? 0);
    const earlier = EARLIER.exec(source)?.[0].trimEnd() ?? 'migrations:';
    const migrations = [earlier, `  - ${migration.replace('FROM', String(version))}`];
    return source
      .replace(/^version: \d+$/m, `version: ${version + 1}`)
      .replace(EARLIER, '')
      .replace(/^start: .*$/m, (line) => [line, ...migrations].join('\n'))
      .replaceAll(new RegExp(`(?<![\\w-.])${node}(?![\\w-.])(?!:)`, 'g'), `${node}-anew`);
  };
}

let sources: readonly AssetSource[];
let today: Assets;
beforeAll(async () => {
  const all = await readSources();
  const released = all.filter(({ path }) => path.startsWith('flows/released/'));
  sources = [...lean(all), ...released];
  today = mustLoad(sources);
});

/** Somebody who waits at that question today. */
function waiting(inputs: readonly TurnInput[]): Session {
  return inputs.reduce((session, input) => turn(today, session, input).session, startSession('vi'));
}

const made = new Map<string, Assets>();

/** The content of tomorrow; made once for each change. */
function tomorrow(
  flow: string,
  node: string,
  migration: string,
  more: Readonly<Record<string, null>> = {},
): Assets {
  const key = [flow, node, migration, ...Object.keys(more)].join(' ');
  const found = made.get(key);
  if (found !== undefined) return found;
  const assets = mustLoad(changed(sources, { [`flows/${flow}.yaml`]: raised(node, migration), ...more }));
  made.set(key, assets);
  return assets;
}

describe.each(INSIDE)('somebody who waits in %s at %s', (flow, node, inputs) => {
  it('stands there, in the version of today', () => {
    const top = waiting(inputs).place.at(-1);
    expect(top).toMatchObject({ flow, node, version: today.flows.get(flow)?.version });
  });

  it('finishes in the version they began', () => {
    const next = tomorrow(flow, node, `{ from: FROM, nodes: { ${node}: ${node}-anew } }`);
    const before = waiting(inputs);
    const same = turn(today, before, tap('không có nút này'));
    const then = turn(next, before, tap('không có nút này'));
    expect(keys(then.events)).toEqual(keys(same.events));
    expect(then.session.place).toEqual(same.session.place);
  });

  it('is moved by an urgent version at their next word, and asked the question of today', () => {
    const next = tomorrow(flow, node, `{ from: FROM, nodes: { ${node}: ${node}-anew }, urgent: true }`);
    const then = turn(next, waiting(inputs), text('ừm'));
    expect(then.session.place.at(-1)).toMatchObject({
      flow,
      node: `${node}-anew`,
      version: next.flows.get(flow)?.version,
    });
    expect(keys(then.events)[0]).toBe('system.recap');
    expect(then.events).toContainEqual(expect.objectContaining({ type: 'session_migrated', flow }));
    expect(then.events.map(({ type }) => type)).not.toContain('turn_failed');
  });

  it('still reaches a person at once while being moved', () => {
    const next = tomorrow(flow, node, `{ from: FROM, nodes: { ${node}: ${node}-anew }, urgent: true }`);
    const { events } = turn(next, waiting(inputs), text('gặp người thật'));
    expect(events.map(({ type }) => type)).toContain('handover_requested');
  });

  it('is told when their question is gone, and gets the menu', () => {
    const next = tomorrow(flow, node, `{ from: FROM, nodes: { ${node}: null }, urgent: true }`);
    const then = turn(next, waiting(inputs), text('ừm'));
    expect(keys(then.events)[0]).toBe('system.recap');
    expect(then.events.map(({ type }) => type)).not.toContain('turn_failed');
    expect(then.session.place.at(-1)).toMatchObject({ flow: 'welcome' });
  });

  it('is led over when their version is not kept any more', () => {
    const version = today.flows.get(flow)?.version ?? 0;
    const next = tomorrow(flow, node, `{ from: FROM, nodes: { ${node}: ${node}-anew } }`, {
      [`flows/released/${flow}.${version}.yaml`]: null,
    });
    const then = turn(next, waiting(inputs), text('ừm'));
    expect(then.session.place.at(-1)).toMatchObject({ flow, node: `${node}-anew` });
  });
});

describe('values', () => {
  it('go with the person under their new names', () => {
    const rename = (source: string): string =>
      raised(
        'contact',
        '{ from: FROM, nodes: { contact: contact-anew }, slots: { offer_agency: offer_firm, offer_contact: null }, urgent: true }',
      )(source).replace(/^slots:$/m, 'slots:\n  offer_firm: text');
    const next = mustLoad(changed(sources, { 'flows/check-offer.yaml': rename }));
    const inputs = INSIDE.find(([flow]) => flow === 'check-offer')?.[2] ?? [];
    const { slots } = turn(next, waiting(inputs), text('ừm')).session;
    expect(slots).toMatchObject({ offer_firm: 'Hoa Cau' });
    expect(Object.keys(slots)).not.toContain('offer_contact');
  });
});

describe('a session of the first shape', () => {
  it('is read: its flows stand in their first version, and "back" still works', () => {
    const place = [{ flow: 'check-offer', node: 'agency', step: 0 }];
    const first = {
      version: 1,
      language: 'vi',
      languageKnown: true,
      mode: 'normal',
      place: [{ flow: 'check-offer', node: 'contact', step: 0 }],
      slots: { offer_agency: 'Hoa Cau' },
      misses: 0,
      history: [{ place, slots: {} }],
      risk: 'none',
      raised: [],
      greeted: true,
      pending: null,
      recent: [],
    };
    const read = readSession(first);
    if (read.kind === 'unreadable') throw new Error('not read');
    const back = turn(today, read.session, text('quay lại'));
    expect(keys(back.events)).toEqual(['check-offer.agency']);
    expect(back.session.slots).toEqual({});
  });

  it('of no shape we know is not read', () => {
    expect(readSession({ version: 7 })).toEqual({ kind: 'unreadable' });
  });
});
