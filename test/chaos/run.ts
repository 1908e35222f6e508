/** One run: cycles of faults over a crowd of people who write all the time, then the reckoning, round after round. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { CHANNELS } from '../../server/channels/adapter.ts';
import { createPool, createTransact } from '../../server/store/pool.ts';
import { createUserSession, hashToken, raiseUserSession } from '../../server/store/user-sessions.ts';
import { insertUser } from '../../server/store/users.ts';
import { createVault, parseEncryptionKeys } from '../../server/vault.ts';
import { loadRealAssets } from '../support/assets.ts';
import { dice } from '../support/random-talk.ts';
import { type Fault as Failing, checkPerson, type Finding, type Shown } from './check.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { chooseFault } from './faults.ts';
import { createLook, type Look } from './look.ts';
import { createPerson, type Person, runPerson } from './person.ts';
import { type Platforms, startChaosPlatforms } from './platforms.ts';
import { writeScript } from './script.ts';

export interface ChaosOptions {
  cycles: number;
  /** the same seed breaks the same things and writes the same scripts; what meets what in time stays chance */
  seed: number;
  /** how many write at the same time */
  people: number;
  /** true: the data stays for looking at */
  keep: boolean;
  say: (line: string) => void;
}

export interface Totals extends Record<Failing, number> {
  ok: boolean;
  cycles: number;
  seed: number;
  people: number;
  /** what people wrote, and what was sent to them */
  written: number;
  sent: number;
  /** of the repeated messages, how many on which channel */
  repeatedBy: Record<string, number>;
  /** deliveries made twice at the same time, on purpose */
  deliveredTwice: number;
  /** bot messages held back because a counsellor had taken over */
  suppressed: number;
  /** failed by a channel's own rule: more answers in a burst than Zalo gives for free */
  refused: number;
  /** calls of ours that break a platform's contract */
  contract_faults: number;
  /** rounds after which something still waited when patience ended */
  stuck: number;
  /** instances that ended by themselves */
  crashed: number;
  /** how often each thing was broken, and how often the exact byte was met */
  faults: Record<string, number>;
  tripped: Record<string, number>;
  seconds: number;
}

/** After so many cycles everybody finishes, and what happened to each is checked. */
const CYCLES_PER_ROUND = 40;
const PAUSE_MS = 200;
/** retries wait up to a minute after a long fault */
const QUIET_PATIENCE_MS = 180_000;
const DUTY_MS = 20_000;
/** the answer or its record may be lost that much around a fault of the instance */
const WINDOW_BEFORE_MS = 300;
const WINDOW_AFTER_MS = 2_000;
const MAX_DETAILS = 40;

interface Hit {
  instance: string;
  from: number;
  to: number;
}

export async function runChaos(options: ChaosOptions): Promise<Totals> {
  const began = Date.now();
  const platforms = await startChaosPlatforms();
  const cluster = await startCluster({ ...platforms, keep: options.keep });
  const found = parseEncryptionKeys(cluster.encryptionKeys);
  if (!found.ok) throw new Error(found.fault);
  const vault = createVault(found.keys);
  const pool = createPool({ databaseUrl: cluster.databaseUrl, maxConnections: 4, onError: () => undefined });
  try {
    const look = createLook(pool, vault);
    const cookie = await createTransact(pool)((client) => addCounsellor(client));
    return await runRounds(options, { cluster, platforms, look, cookie }, began);
  } finally {
    await pool.end();
    await cluster.close();
    await platforms.close();
  }
}

interface Parts {
  cluster: Cluster;
  platforms: Platforms;
  look: Look;
  cookie: string;
}

async function runRounds(options: ChaosOptions, parts: Parts, began: number): Promise<Totals> {
  const { cluster, platforms, look, cookie } = parts;
  const assets = await loadRealAssets();
  const breaking = dice(options.seed);
  const writing = dice(options.seed + 1);
  const totals = newTotals(options);
  const details: string[] = [];
  const note = (who: string, { fault, detail }: Finding): void => {
    totals[fault] += 1;
    if (fault !== 'repeated' && details.push(`${who}: ${fault}: ${detail}`) <= MAX_DETAILS)
      options.say(details.at(-1) ?? '');
  };
  const duty = setInterval(() => void look.keepOnDuty().catch(() => undefined), DUTY_MS);
  // duty is read every few seconds; whoever writes before is told that nobody is there
  await look.keepOnDuty();
  await sleep(6_000);

  for (let done = 0; done < options.cycles;) {
    const cycles = Math.min(CYCLES_PER_ROUND, options.cycles - done);
    const round = { isOver: false, people: new Array<Person>(), hits: new Array<Hit>() };
    const live = async (): Promise<void> => {
      while (!round.isOver) {
        const channel = CHANNELS[writing(CHANNELS.length)] ?? 'telegram';
        const person = createPerson(writeScript(assets, channel, writing, new Date()), writing);
        round.people.push(person);
        await runPerson(person, {
          ...{ platforms, look, cookie },
          urls: () => cluster.instances.flatMap(({ url }) => (url === null ? [] : [url])),
          throwDice: writing,
          onRepeat: () => (totals.deliveredTwice += 1),
        });
      }
    };
    const crowd = Array.from({ length: options.people }, live);
    // a person that cannot go on ends the run; the cycles must not hide it
    const failed = Promise.all(crowd);
    failed.catch(() => undefined);
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      await Promise.race([sleep(PAUSE_MS), failed]);
      const fault = chooseFault(breaking);
      const from = Date.now();
      const hit = await fault.run({
        cluster,
        throwDice: breaking,
        onTripped: (name) => (totals.tripped[name] = (totals.tripped[name] ?? 0) + 1),
      });
      totals.faults[fault.name] = (totals.faults[fault.name] ?? 0) + 1;
      for (const { name } of hit) round.hits.push({ instance: name, from, to: Date.now() });
    }
    done += cycles;
    totals.cycles = done;
    round.isOver = true;
    await failed;
    if (!(await untilQuiet(look))) totals.stuck += 1;
    for (const { instance, at, detail } of cluster.crashes().slice(totals.crashed)) {
      totals.crashed += 1;
      round.hits.push({ instance, from: at, to: at });
      options.say(`${instance} crashed: ${detail}`);
    }
    for (const person of round.people) await reckon(person, round.hits, parts, totals, note);
    totals.people += round.people.length;
    for (const fault of platforms.takeContractFaults()) {
      totals.contract_faults += 1;
      options.say(`contract: ${fault}`);
    }
    platforms.forget();
    options.say(
      `${done} of ${options.cycles} cycles, ${totals.people} people, ${totals.written} written, ${totals.sent} sent, ` +
        `${totals.repeated} repeated, ${countBad(totals)} wrong, ${Math.round((Date.now() - began) / 1000)} s`,
    );
  }
  clearInterval(duty);
  totals.seconds = Math.round((Date.now() - began) / 1000);
  totals.ok = countBad(totals) === 0;
  return totals;
}

async function reckon(
  person: Person,
  hits: readonly Hit[],
  { look, platforms, cluster }: Parts,
  totals: Totals,
  note: (who: string, finding: Finding) => void,
): Promise<void> {
  const { channel } = person.script;
  const who = `${channel} ${person.id.slice(0, 6)}`;
  const where = await look.whereIs(channel, person.id);
  if (where === null) {
    note(who, { fault: 'lost', detail: 'there is no conversation' });
    return;
  }
  const transcript = await look.transcript(where.conversationId);
  const isSendWindow = (instance: string, at: number): boolean =>
    hits.some(
      (hit) => hit.instance === instance && hit.from - WINDOW_AFTER_MS < at && at < hit.to + WINDOW_BEFORE_MS,
    );
  const { findings, counts } = checkPerson({
    ...{ script: person.script, transcript, owner: where.owner, taken: person.taken, isSendWindow },
    session: await look.session(where.conversationId),
    shown: channel === 'web' ? await readPage(cluster, person) : platforms.shownTo(channel, person.id),
  });
  for (const finding of findings) note(who, finding);
  const repeated = findings.filter(({ fault }) => fault === 'repeated').length;
  if (repeated > 0) totals.repeatedBy[channel] = (totals.repeatedBy[channel] ?? 0) + repeated;
  totals.written += counts.written;
  totals.sent += counts.sent;
  totals.suppressed += counts.suppressed;
  totals.refused += counts.refused;
}

/** What the person's page shows when it is opened again, from either instance. */
async function readPage({ instances }: Cluster, { id }: Person): Promise<Shown[]> {
  const { url, name } = instances.find((instance) => instance.url !== null) ?? instances[0];
  const answer = await fetch(`${url ?? ''}/api/chat/poll`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: id, after: 0 }),
  });
  const { messages } = PageSchema.parse(await answer.json());
  return messages
    .filter(({ author }) => author !== 'person')
    .map(({ text, seq }) => ({ text, at: 0, call: String(seq), from: name }));
}

const PageSchema = z.object({
  messages: z.array(z.object({ seq: z.number(), author: z.string(), text: z.string() })),
});

async function untilQuiet(look: Look): Promise<boolean> {
  const until = Date.now() + QUIET_PATIENCE_MS;
  while (Date.now() < until) {
    if (await look.isQuiet()) return true;
    await sleep(250);
  }
  return false;
}

async function addCounsellor(client: Parameters<typeof insertUser>[0]): Promise<string> {
  const id = randomUUID();
  const now = new Date();
  const [email, displayName] = [`${id}@example.org`, 'Tư vấn viên'];
  const user = { id, email, displayName, passwordHash: '-', role: 'supervisor' as const };
  await insertUser(client, { ...user, uiLanguage: 'vi', createdAt: now });
  const opened = await createUserSession(client, id, now);
  // as if the second factor had just been shown
  return `console=${(await raiseUserSession(client, hashToken(opened), now)) ?? ''}`;
}

const BAD: readonly Failing[] = [
  ...([
    'lost',
    'repeated_outside_window',
    'out_of_order',
    'bot_over_human',
    'wrong_state',
    'wrong_text',
  ] as const),
];

function countBad(totals: Totals): number {
  return BAD.reduce(
    (sum, fault) => sum + totals[fault],
    totals.contract_faults + totals.stuck + totals.crashed,
  );
}

function newTotals({ seed }: ChaosOptions): Totals {
  return {
    ...{
      ok: false,
      cycles: 0,
      seed,
      people: 0,
      written: 0,
      sent: 0,
      deliveredTwice: 0,
      suppressed: 0,
      refused: 0,
    },
    ...{ lost: 0, repeated: 0, repeated_outside_window: 0, out_of_order: 0, bot_over_human: 0 },
    ...{ wrong_state: 0, wrong_text: 0, contract_faults: 0, stuck: 0, crashed: 0 },
    ...{ repeatedBy: {}, faults: {}, tripped: {}, seconds: 0 },
  };
}
