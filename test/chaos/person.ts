/** One person of a run: does what the script says, through whichever instance answers, and again until it is taken. */
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from '../support/random-talk.ts';
import type { Look } from './look.ts';
import type { Platforms } from './platforms.ts';
import type { Script, Step } from './script.ts';

export interface Person {
  /** what the platform calls them; of the web page: the chat's token */
  id: string;
  script: Script;
  /** when a counsellor had the conversation; `to` null = still */
  taken: { from: number; to: number | null }[];
}

export interface PersonDeps {
  /** addresses that may answer now */
  urls: () => readonly string[];
  platforms: Platforms;
  look: Look;
  /** cookie of somebody at the desk */
  cookie: string;
  throwDice: Dice;
  /** counts deliveries that were made twice on purpose */
  onRepeat: () => void;
}

interface Post {
  path: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** platforms give up after a few seconds and deliver again */
const PATIENCE_MS = 6_000;
const RETRY_MS = 300;
const LOOK_MS = 100;
/** of ten deliveries that many are made twice at the same time, to any instance */
const TWICE_OF_TEN = 3;
const LONGEST_PAUSE_MS = 1_200;

export function createPerson(script: Script, throwDice: Dice): Person {
  return { id: newPlatformId(script.channel, throwDice), script, taken: [] };
}

export async function runPerson(person: Person, deps: PersonDeps): Promise<void> {
  for (const [index, step] of person.script.steps.entries()) {
    // people write in bursts
    if (deps.throwDice(3) > 0) await sleep(deps.throwDice(LONGEST_PAUSE_MS));
    await doStep(person, step, index, deps);
  }
}

async function doStep(person: Person, step: Step, index: number, deps: PersonDeps): Promise<void> {
  const { channel } = person.script;
  switch (step.kind) {
    case 'open':
      return deliver(deps, webPost(person, 'start', { token: person.id, language: 'vi' }));
    case 'write':
      if (channel === 'web') {
        const clientMessageId = randomUUID();
        return deliver(
          deps,
          webPost(person, 'message', { token: person.id, clientMessageId, text: step.text }),
        );
      }
      return deliver(deps, deps.platforms.writeText(channel, person.id, step.text));
    case 'take': {
      const id = await untilRead(person, deps);
      await deliver(deps, deskPost(deps, `${id}/take`, {}));
      person.taken.push({ from: Date.now(), to: null });
      return;
    }
    case 'reply': {
      const id = await untilRead(person, deps);
      return deliver(deps, deskPost(deps, `${id}/reply`, { text: step.text, clientMessageId: randomUUID() }));
    }
    case 'give_back': {
      const id = await untilRead(person, deps);
      const last = person.taken.at(-1);
      if (last !== undefined) last.to = Date.now();
      return deliver(deps, deskPost(deps, `${id}/return`, {}), [409]);
    }
    default: {
      const unknown: never = step;
      throw new Error(`no such step ${index}: ${String(unknown)}`);
    }
  }
}

/** Everything delivered so far has had its turn. */
async function untilRead(person: Person, { look }: PersonDeps): Promise<string> {
  for (;;) {
    const state = await look.whereIs(person.script.channel, person.id);
    if (state !== null && state.unread === 0) return state.conversationId;
    await sleep(LOOK_MS);
  }
}

/** @param also statuses that mean an earlier try, whose answer got lost, had done it */
async function deliver(deps: PersonDeps, post: Post, also: readonly number[] = []): Promise<void> {
  const copies = deps.throwDice(10) < TWICE_OF_TEN ? 2 : 1;
  if (copies === 2) deps.onRepeat();
  await Promise.all(Array.from({ length: copies }, () => deliverOnce(deps, post, also)));
}

async function deliverOnce(deps: PersonDeps, post: Post, also: readonly number[]): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const status = await send(deps, post);
    if (status === 200) return;
    if (attempt > 0 && also.includes(status)) return;
    if (status >= 400 && status < 500 && status !== 429 && !also.includes(status))
      throw new Error(`${post.path.replace(/[\w-]{20,}/g, '…')} was answered with ${status}`);
    await sleep(RETRY_MS);
  }
}

async function send({ urls, throwDice }: PersonDeps, post: Post): Promise<number> {
  const up = urls();
  const url = up[throwDice(Math.max(1, up.length))];
  if (url === undefined) return 0;
  try {
    const answer = await fetch(`${url}${post.path}`, {
      method: 'POST',
      headers: post.headers,
      body: post.body,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}

function webPost({ id }: Person, call: string, body: object): Post {
  // an address of its own for each, as behind a proxy
  const address = [10, ...Buffer.from(id).subarray(0, 3)].join('.');
  return {
    path: `/api/chat/${call}`,
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify(body),
  };
}

function deskPost({ cookie }: PersonDeps, call: string, body: object): Post {
  return {
    path: `/api/conversations/${call}`,
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', cookie },
    body: JSON.stringify(body),
  };
}

function newPlatformId(channel: Script['channel'], throwDice: Dice): string {
  const digits = (count: number): string => Array.from({ length: count }, () => throwDice(10)).join('');
  switch (channel) {
    case 'web':
      return randomBytes(32).toString('base64url');
    case 'line':
      return `U${randomBytes(16).toString('hex')}`;
    case 'zalo':
      return `7${digits(18)}`;
    case 'telegram':
      return `5${digits(9)}`;
    case 'messenger':
      return `6${digits(15)}`;
    default: {
      const unknown: never = channel;
      throw new Error(`no such channel: ${String(unknown)}`);
    }
  }
}
