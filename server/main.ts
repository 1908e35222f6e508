/** Joins the parts: configuration, database, content, HTTP and loops, in this order; and takes them apart again cleanly. */
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { Router } from 'express';
import {
  type Assets,
  dangerReasonText,
  findBetrayal,
  hotlinesFor,
  languagesWritten,
  listCanned,
  render,
  takeTurn,
} from '../bot/index.ts';
import { createPasswords } from './api/passwords.ts';
import { createApiRouter } from './api/router.ts';
import { createApp } from './app.ts';
import { createCaseRegisters } from './case-registers.ts';
import { createChannelWatch } from './channel-watch.ts';
import { maxPartOf } from './channels/capabilities.ts';
import { canShow, createAdapters, findAdapter } from './channels/registry.ts';
import { listExpired } from './channels/rules.ts';
import { createSendingCheck, listWindows } from './channels/sending.ts';
import { coalesce } from './coalesce.ts';
import { type Config, readConfig } from './config.ts';
import { ensureConsoleBuilt } from './console/build.ts';
import { createConsoleRouter } from './console/serve.ts';
import { type Database, openDatabase } from './database.ts';
import { DEMO_ACCOUNTS, DEMO_PASSWORD, describeDemoCode, seedDemo } from './demo.ts';
import { createChecks } from './content/checks.ts';
import type { Live } from './content/live-content.ts';
import { liveView, memoLast } from './content/live-view.ts';
import { createPreviews } from './content/previews.ts';
import { publishDue } from './content/publish-due.ts';
import { followReleases, startContent, type StartedContent } from './content/start-content.ts';
import { redMinutes } from './desk-rules.ts';
import { AppError } from './errors.ts';
import { createHooksRouter, takeHooksFirst } from './hooks.ts';
import { newUuid } from './ids.ts';
import { loadOrCreateKeys } from './key-file.ts';
import { announce, createLiveHub, wakeListeners } from './live.ts';
import { createCollector, tidyPhrases } from './learning/collector.ts';
import { createCourse } from './course/course.ts';
import { createTeacher } from './learning/teacher.ts';
import { createTrials } from './learning/trials.ts';
import { createLog, type Log } from './log.ts';
import { cleanInProcess } from './media/cleaner.ts';
import { createMediaFetcher } from './media/fetcher.ts';
import { openFiles, readMediaFile } from './media/open.ts';
import { createMetrics } from './metrics.ts';
import { deleteOldCases } from './store/case-erase.ts';
import { sealAudit } from './store/audit-chain.ts';
import { hashPlatformId } from './store/contacts.ts';
import { countOverdue, countWaiting } from './store/duty.ts';
import { type DutyState, readDutyState } from './store/duty-state.ts';
import { listMessages } from './store/messages.ts';
import { createFirstAdminLink } from './store/setup-tokens.ts';
import { prepareSafeMessages } from './safe-message.ts';
import { queueEntry } from './turns/desk-events.ts';
import { createFreshEvents } from './turns/fresh-events.ts';
import { createInbox } from './turns/inbox.ts';
import { createLeftBehind } from './turns/left-behind.ts';
import { readRecordings } from './recordings.ts';
import { createSender, newInstanceId } from './turns/outbox.ts';
import { queueCounsellorMessage } from './turns/queue-message.ts';
import { returnQuietTakeovers } from './turns/quiet-takeovers.ts';
import { remindWaiting } from './turns/reminders.ts';
import { createRunner } from './turns/run.ts';
import { createSignal } from './turns/signal.ts';
import { createTellPerson } from './turns/tell-person.ts';
import { endWaits } from './turns/waits.ts';
import { createVault } from './vault.ts';
import { ensureWebchatBuilt } from './webchat/build.ts';
import { endIdleChats } from './webchat/chats.ts';
import { describeNumbers } from './webchat/numbers.ts';
import { createWebchatRouter } from './webchat/router.ts';
import { openZaloTokens } from './zalo-account.ts';

const ROOT = path.join(import.meta.dirname, '..');
const DUTY_MS = 5_000;
/** questions wait for minutes or hours: this is how late the end of one may be seen */
const WAITS_MS = 10_000;
/** a web chat left open is closed by the server when the browser could not say goodbye */
const IDLE_CHECK_MS = 5 * 60_000;
/** tokens are refreshed hours before they end; this is how late that may begin */
const TOKEN_CHECK_MS = 5 * 60_000;
/** counts are written and alarms looked for this often; platforms are asked much less (channel-watch.ts) */
const WATCH_MS = 10_000;
/** conversations answered at a platform come back this much later at most */
const QUIET_CHECK_MS = 60_000;
/** rows of the audit wait this long for their link */
const SEAL_MS = 1_000;
/** a day is the finest time a wording has: an hour more or less says nothing */
const PHRASES_CHECK_MS = 3_600_000;
/** open streams are cut after this, so that stopping does not wait for somebody's browser */
const DRAIN_MS = 2_000;
/** consoles hear of changes this much later at most; without it every batch of turns costs a notification */
const NOTIFY_REST_MS = 50;
const PAGE_MESSAGES = 200;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function start(): Promise<void> {
  const isDemo = process.argv.includes('--demo');
  const config = readSettings(isDemo);
  say('Hỏi Trước is starting.');
  const keys = config.encryptionKeys ?? openKeyFile(config.dataDir);
  const clock = { now: () => new Date() };
  const storeSecrets =
    config.mediaS3 === undefined ? [] : [config.mediaS3.accessKey, config.mediaS3.secretKey];
  const secretsOf = [...createAdapters(config).flatMap((adapter) => adapter.secrets), ...storeSecrets];
  const log = createLog({ level: config.logLevel, secrets: secretsOf });
  const database = await openDatabase(config, log, say);
  try {
    const { pool, transact } = database;
    const content = await startContent({ root: ROOT, pool, transact, log, clock, say });
    await serve({ config, isDemo, keys, clock, log, content, database });
  } catch (error) {
    await database.close();
    throw error;
  }
}

interface Opened {
  config: Config;
  isDemo: boolean;
  keys: Parameters<typeof createVault>[0];
  clock: { now: () => Date };
  log: Log;
  content: StartedContent;
  database: Database;
}

async function serve({ config, isDemo, keys, clock, log, content, database }: Opened): Promise<void> {
  const { pool, transact } = database;
  const vault = createVault(keys);
  const assets = (): Assets => content.now().assets;
  const rules = liveView(() => content.now().rules);
  const deskRules = liveView(() => content.now().deskRules);
  const metrics = createMetrics();
  const instanceId = newInstanceId();
  const shared = { pool, transact, vault, clock, log, instanceId, newId: () => newUuid() };
  const perMessage = { ...shared, ...database.messages, fresh: createFreshEvents() };
  const takesRequests = config.role !== 'worker';
  const takesTurns = config.role !== 'web';
  const state: { isStopping: boolean; duty: DutyState | null } = { isStopping: false, duty: null };
  const safeMessages = memoLast((now: Assets) => prepareSafeMessages(now, clock.now()));
  const adapterLog = {
    warn: ({ event, ...rest }: Readonly<Record<string, string | number>>) =>
      log.warn({ ...rest, event: String(event) }),
  };
  const zaloTokens = openZaloTokens(config, { ...shared, say });
  const adapters = createAdapters(config, { log: adapterLog, now: clock.now, zaloTokens });
  const liveHub = await createLiveHub({ pool, connectionString: database.url, log });
  const signal = createSignal();
  const wakeConsoles = coalesce(
    () => wakeListeners(pool),
    (error) => log.warn({ event: 'notify_failed', error }),
    NOTIFY_REST_MS,
  );

  const watch = createChannelWatch({
    ...{ ...shared, adapters, rules },
    onView: (views) => metrics.showChannels(views, clock.now()),
  });
  for (const channel of listExpired(rules, clock.now())) log.warn({ event: 'channel_rule_expired', channel });
  const betrays = (language: string, text: string): string | null =>
    findBetrayal(assets().wording, language, text);
  const sender = createSender({
    ...perMessage,
    rules,
    findBetrayal: betrays,
    findRecording: await readRecordings(path.join(ROOT, 'content', 'audio'), config.publicUrl, log),
    quotaOf: watch.quotaOf,
    onCharged: watch.charge,
    findAdapter: (channel, account) => findAdapter(adapters, channel, account),
    random: Math.random,
    onRecorded: wakeConsoles,
    countOutcome: (channel, account, outcome) => {
      metrics.sent.inc({ channel, outcome });
      watch.countSent(channel, account, outcome);
    },
  });
  const collector =
    config.learningPurpose === null || !takesTurns ? null : createCollector({ ...shared, assets });
  const trials = createTrials(() => {
    const { number, files } = content.now();
    return { key: String(number), sources: files };
  });
  const runner = createRunner({
    ...perMessage,
    rules,
    assets,
    takeTurn,
    safeMessage: (language, quiet) => safeMessages(assets())(language, quiet),
    isStaffed: () => state.duty?.isStaffed ?? false,
    plannedShifts: () => state.duty?.next ?? [],
    canOf: (channel) => canShow(adapters, channel),
    onQueued: sender.take,
    onCommitted: wakeConsoles,
    ...(collector === null ? {} : { onUnheard: collector.collect, onDanger: collector.withdraw }),
    onBatch: ({ seconds, turns }) => {
      metrics.turnSeconds.observe(seconds);
      for (const { channel, outcome, count } of turns) metrics.turns.inc({ channel, outcome }, count);
    },
  });
  const tellStudio = (): void =>
    void transact((client) =>
      announce(client, [{ kind: 'content_changed', conversationId: null, userId: null }]),
    ).catch((error: unknown) => log.warn({ event: 'studio_not_told', error }));
  const checks = createChecks({ pool, clock, recordings: content.recordings, onDone: tellStudio });
  const previews = createPreviews({ ...shared, learningPurpose: config.learningPurpose });
  const files = openFiles(config);
  const media = createMediaFetcher({
    ...{ ...shared, adapters, files },
    clean: cleanInProcess,
    random: Math.random,
    onChanged: wakeConsoles,
    countOutcome: (channel, kind, outcome) => metrics.media.inc({ channel, kind, outcome }),
  });
  const inbox = createInbox({ ...perMessage, languages: () => assets().languages, onStored: signal.wake });

  const lookAtDuty = async (): Promise<void> => {
    state.duty = await readDutyState(pool, clock.now(), deskRules.gone_after_seconds * 1000);
    for (const { risk, waiting } of await countWaiting(pool)) metrics.waiting.set({ risk }, waiting);
    for (const { risk, overdue } of await countOverdue(pool, clock.now(), redMinutes(deskRules)))
      metrics.overdue.set({ risk }, overdue);
  };
  const reportDuty = (error: unknown): void => log.warn({ event: 'duty_unknown', error });
  const readDuty = coalesce(lookAtDuty, reportDuty);
  const announceEnd = (conversationId: string): Promise<void> =>
    transact((client) => announce(client, [{ kind: 'web_chat_ended', conversationId, userId: null }]));
  const endIdle = coalesce(
    () => endIdleChats({ db: pool, clock, announceEnd }).then(() => undefined),
    (error) => log.warn({ event: 'idle_chats_not_ended', error }),
  );

  const endOverdueWaits = coalesce(
    async () => {
      if ((await endWaits(shared)) > 0) signal.wake();
    },
    (error) => log.warn({ event: 'waits_not_ended', error }),
  );

  const remind = coalesce(
    async () => {
      if ((await remindWaiting({ ...shared, rules: deskRules.still_waiting })) > 0) signal.wake();
    },
    (error) => log.warn({ event: 'waiting_not_told', error }),
  );
  const leftBehind = createLeftBehind({ ...shared, rules: deskRules });
  const returnLeftBehind = coalesce(
    async () => {
      const { returned, offers } = await leftBehind.look();
      if (returned > 0) signal.wake();
      if (returned + offers > 0) wakeConsoles();
    },
    (error) => log.warn({ event: 'left_behind_not_returned', error }),
  );
  const sendingTo = createSendingCheck({
    rules,
    quotaOf: watch.quotaOf,
    clock,
    vault,
    findBetrayal: betrays,
  });

  const caseRegisters = memoLast(createCaseRegisters);
  const consoleBuild = takesRequests ? await ensureConsoleBuilt({ log: say }) : null;
  const webchatBuild = takesRequests ? await ensureWebchatBuilt({ log: say }) : null;
  // from here to `server.on` nothing waits, so no request finds nobody
  const server = createServer();
  const port = await listen(server, config);
  const publicUrl = config.publicUrl ?? `http://localhost:${port}`;
  const hooks = {
    ...{ adapters, inbox, log, now: clock.now, onHeard: watch.countHook },
    countHook: (channel: string, status: number) => metrics.hooks.inc({ channel, status: String(status) }),
  };
  const staffApi = memoLast((release: Live) =>
    createApiRouter({
      ...shared,
      liveHub,
      publicUrl,
      reasonText: (reasonKey, language) =>
        dangerReasonText(
          release.assets.danger,
          reasonKey.replace(/^danger\./, ''),
          language === 'en' ? 'en' : 'vi',
        ),
      languagesWritten: (texts, inLanguage) =>
        languagesWritten(release.assets.languageSet, texts, inLanguage),
      queueCounsellorMessage: (client, message) => queueCounsellorMessage(shared, client, message),
      maxPartUtf16: maxPartOf,
      cannedAnswers: ({ language, uiLanguage, counsellor }) =>
        listCanned(release.assets, { language, titles: uiLanguage, counsellor, now: clock.now() }),
      listMessages,
      readMedia: (stored) => readMediaFile(files, vault, stored),
      sendingTo,
      deskRules: release.deskRules,
      tellPerson: createTellPerson({
        ...{ ...shared, sendingTo },
        sentence: (key, language) => render(release.assets, key, language, clock.now()).text,
      }),
      enterFlow: (client, conversationId, entry) => queueEntry(shared, client, conversationId, entry),
      deskOrder: { windows: listWindows(release.rules), soonMinutes: release.rules.closing_soon_minutes },
      listChannels: watch.list,
      practice: release.practice,
      teacher: createTeacher(release.assets),
      course: createCourse(release.assets),
      runTrial: trials.run,
      studio: { checks, previews, live: content },
      learningPurpose: config.learningPurpose,
      caseRegisters: caseRegisters(release.assets),
      announce,
      ...(isDemo ? { showCode: (email, secret) => say(describeDemoCode(email, secret, clock.now())) } : {}),
      onError: (route, error) => log.error({ event: 'api_failed', route, error }),
    }),
  );
  const app = createApp({
    log,
    metrics,
    trustedProxies: config.trustedProxies,
    readiness: async () => {
      if (state.isStopping) return 'stopping';
      return pool.query('select 1').then(
        () => null,
        () => 'database',
      );
    },
    routers:
      consoleBuild !== null
        ? [
            createHooksRouter(hooks),
            Router().use('/console', createConsoleRouter(consoleBuild)),
            createWebchatRouter({
              db: pool,
              inbox,
              live: liveHub,
              clock,
              listMessages: (conversationId, afterSeq) =>
                listMessages(pool, vault, conversationId, afterSeq, PAGE_MESSAGES),
              hashPlatformId: (platformId) => hashPlatformId(vault, 'web', 'default', platformId),
              numbers: (language) => [
                ...describeNumbers(hotlinesFor(assets().hotlines, 'VN', clock.now()), language, 'vietnam'),
                // no country: what is right for a Vietnamese citizen anywhere abroad
                ...describeNumbers(hotlinesFor(assets().hotlines, '', clock.now()), language, 'abroad'),
              ],
              languageChoice: (language) => `welcome.language.${language}`,
              draftTexts: (language) => ({
                formName: caseRegisters(assets()).fact('declaration-form-name', language, clock.now()),
                point: (point) => render(assets(), `declaration-form.${point}`, language, clock.now()).text,
              }),
              build: webchatBuild,
              audioFolder: path.join(ROOT, 'content', 'audio'),
              announceEnd,
              reportFault: (error) => log.error({ event: 'web_chat_failed', error }),
            }),
            // made anew for each release, from what that release says
            Router().use('/api', (request, response, next) =>
              staffApi(content.now())(request, response, next),
            ),
          ]
        : [],
  });
  server.on('request', takesRequests ? takeHooksFirst(hooks, app) : app);
  const timers = [setInterval(readDuty, DUTY_MS), setInterval(endIdle, IDLE_CHECK_MS)];
  if (takesTurns)
    for (const work of [endOverdueWaits, remind, returnLeftBehind]) timers.push(setInterval(work, WAITS_MS));
  // before the first turn: nobody is told that no counsellor is there because we do not know yet
  await lookAtDuty().catch(reportDuty);
  const keepTokens = (): void => void zaloTokens?.keepFresh();
  timers.push(setInterval(keepTokens, TOKEN_CHECK_MS));
  keepTokens();
  const lookAtChannels = coalesce(watch.look, (error) => log.warn({ event: 'channels_not_watched', error }));
  timers.push(setInterval(lookAtChannels, WATCH_MS));
  lookAtChannels();
  const returnQuiet = coalesce(
    () =>
      returnQuietTakeovers({ transact, clock, quietMinutes: rules.platform_quiet_minutes }).then((count) => {
        if (count > 0) wakeConsoles();
      }),
    (error) => log.warn({ event: 'takeovers_not_returned', error }),
  );
  if (takesTurns) timers.push(setInterval(returnQuiet, QUIET_CHECK_MS));
  const publishScheduled = coalesce(
    () => publishDue({ ...shared, checks }).then(() => undefined),
    (error) => log.warn({ event: 'drafts_not_published', error }),
  );
  if (takesTurns) timers.push(setInterval(publishScheduled, WAITS_MS));
  let sealing: Promise<void> = Promise.resolve();
  const sealNow = (): Promise<void> => {
    sealing = sealAudit({ transact, vault, now: clock.now }).then(() => undefined);
    return sealing;
  };
  const seal = coalesce(sealNow, (error) => log.warn({ event: 'audit_not_sealed', error }));
  timers.push(setInterval(seal, SEAL_MS));
  const forgetPhrases = coalesce(
    () => tidyPhrases({ pool, clock, purpose: config.learningPurpose }).then(() => undefined),
    (error) => log.warn({ event: 'phrases_not_forgotten', error }),
  );
  if (takesTurns) {
    const endOldCases = coalesce(
      () => transact((client) => deleteOldCases(client, clock.now())).then(() => undefined),
      (error) => log.warn({ event: 'cases_not_ended', error }),
    );
    timers.push(setInterval(endOldCases, PHRASES_CHECK_MS));
    endOldCases();
    timers.push(setInterval(forgetPhrases, PHRASES_CHECK_MS));
    forgetPhrases();
  }

  // what staff write (it bears their id) wakes the sender of every instance; what the bot says is sent by whoever wrote it
  const unsubscribe = await liveHub.subscribe(null, (live) => {
    if (
      takesTurns &&
      live.type === 'event' &&
      live.event.kind === 'message_added' &&
      live.event.userId !== null
    )
      sender.wake();
  });
  const stopFollowing = await followReleases(content, liveHub, log);
  if (takesTurns) {
    runner.start(signal);
    sender.start();
    media.start();
  }
  if (isDemo) await fillDemo({ inbox, transact, vault, clock });
  await sayWhere(publicUrl, pool);

  const stop = async (): Promise<void> => {
    state.isStopping = true;
    for (const timer of timers) clearInterval(timer);
    await stopListening(server);
    await runner.stop();
    await collector?.settle();
    await trials.close();
    await checks.close();
    await previews.close();
    await sender.stop();
    await media.stop();
    // a pair that was given and not stored would be lost for good
    await zaloTokens?.settle();
    unsubscribe();
    stopFollowing();
    // what was done last is linked before we go
    await sealing.catch(() => undefined);
    await sealNow().catch((error: unknown) => log.warn({ event: 'audit_not_sealed', error }));
    await liveHub.close();
    await database.close();
  };
  stopOnSignals(stop, log);
  void database.lost.then(() => {
    if (state.isStopping) return;
    fail(new AppError('postgres_failed', 'It ended while we were running; start again.'));
  });
}

function readSettings(isDemo: boolean): Config {
  const result = readConfig(process.env, ROOT);
  if (!result.ok)
    throw new AppError('config_invalid', `\n${result.faults.map((fault) => `  ${fault}`).join('\n')}`);
  if (!isDemo) return result.config;
  // a demo never mixes with real work
  return {
    ...result.config,
    databaseUrl: null,
    encryptionKeys: null,
    dataDir: `${result.config.dataDir}-demo`,
    // its refresh token works once: spent here, it would be missing in the real database
    zalo: undefined,
    mediaS3: undefined,
  };
}

function openKeyFile(dataDir: string): Parameters<typeof createVault>[0] {
  const { keys, file, isNew } = loadOrCreateKeys(dataDir);
  if (isNew)
    say(
      `Made the key that protects stored texts: ${file}. Keep a copy apart from the data; without it nothing can be read.`,
    );
  return keys;
}

async function listen(server: Server, config: Config): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const isTaken = 'code' in cause && cause.code === 'EADDRINUSE';
      reject(isTaken ? new AppError('port_in_use', `(${config.port}; set PORT)`, { cause }) : cause);
    });
    server.listen(config.port, config.host, resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : config.port;
}

async function stopListening(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(timer);
}

async function fillDemo(
  parts: Pick<Parameters<typeof seedDemo>[0], 'inbox' | 'transact' | 'vault'> & {
    clock: { now: () => Date };
  },
): Promise<void> {
  const { hash } = createPasswords();
  const seeded = await seedDemo({
    ...parts,
    root: ROOT,
    hashPassword: hash,
    newId: () => newUuid(),
    now: parts.clock.now,
  });
  if (seeded !== 'not_empty') say(`Filled with ${seeded.conversations} invented conversations.`);
  for (const { email, role } of DEMO_ACCOUNTS) say(`  ${role}: ${email} / ${DEMO_PASSWORD}`);
  say('  The code that is asked for after the password is printed here, in the demo only.');
}

async function sayWhere(publicUrl: string, pool: Database['pool']): Promise<void> {
  const token = await createFirstAdminLink(pool);
  const places = [
    'Ready.',
    `  People write at    ${publicUrl}/`,
    `  Counsellors sit at ${publicUrl}/console`,
  ];
  const invitation = `  First administrator, once, within 24 hours: ${publicUrl}/console/setup#${token ?? ''}`;
  say([...places, ...(token === null ? [] : [invitation])].join('\n'));
}

function stopOnSignals(stop: () => Promise<void>, log: Log): void {
  const state = { isStopping: false };
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (state.isStopping) process.exit(130);
      state.isStopping = true;
      say('Stopping.');
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ event: 'stop_failed', error });
          process.exit(1);
        },
      );
    });
  }
}

/** One clear message. Of errors that are not ours only name and place: their words may repeat what they were given. */
function fail(error: unknown): void {
  const where =
    error instanceof Error
      ? `${error.name}\n${(error.stack ?? '')
          .split('\n')
          .filter((line) => /^\s+at /.test(line))
          .join('\n')}`
      : '';
  process.stderr.write(
    error instanceof AppError ? `${error.message}\n` : `It stopped by a mistake of ours: ${where}\n`,
  );
  process.exit(1);
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
start().catch(fail);
