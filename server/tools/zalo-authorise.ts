/** `npm run zalo:authorise`: walks an operator through Zalo's consent (OAuth v4) and stores the first pair of tokens, sealed. */
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { createZaloOAuth, readState, type OAuthResult } from '../channels/zalo-oauth.ts';
import type { TokenStore } from '../channels/token-source.ts';
import { type Config, readConfig } from '../config.ts';
import { openDatabase } from '../database.ts';
import { AppError } from '../errors.ts';
import { createHttpClient } from '../http.ts';
import { loadOrCreateKeys } from '../key-file.ts';
import { createLog } from '../log.ts';
import { findRunningDatabase } from '../postgres/running.ts';
import { createVault } from '../vault.ts';
import { openZaloStore, zaloCallback, zaloPermissionLink } from '../zalo-account.ts';
import { runCommand } from './command-line.ts';

const HELP = `npm run zalo:authorise   shows the address at which Zalo asks for permission, takes what it answers and stores the
                         first pair of tokens, sealed; reads ZALO_APP_ID, ZALO_APP_SECRET, ZALO_OA_ID and ZALO_OA_SECRET`;

const ROOT = path.join(import.meta.dirname, '..', '..');

export interface AuthoriseToolParts {
  env: Readonly<Record<string, string | undefined>>;
  /** folder that relative settings are relative to */
  folder: string;
  print: (line: string) => void;
  printError: (line: string) => void;
  /** asks and waits for one line; null when the input ended */
  ask: (question: string) => Promise<string | null>;
  now: () => Date;
}

/** @returns the exit code: 0 stored, 1 something is missing or was refused (already printed, without secret or token) */
export async function authoriseZalo(parts: AuthoriseToolParts): Promise<number> {
  const { print, printError } = parts;
  const settings = readConfig(parts.env, parts.folder);
  if (!settings.ok) {
    for (const fault of settings.faults) printError(fault);
    return 1;
  }
  const { config } = settings;
  const permission = zaloPermissionLink(config);
  if (config.zalo === undefined || permission === null) {
    printError('Zalo is not configured: set ZALO_APP_ID, ZALO_APP_SECRET, ZALO_OA_ID and ZALO_OA_SECRET.');
    return 1;
  }
  try {
    // first, so that nobody agrees at Zalo for a pair that cannot be stored
    const opened = await openStore(config, print);
    try {
      for (const line of explain(config, permission.link)) print(line);
      const pasted = await parts.ask('Address or code: ');
      return await finish(parts, config, permission.state, opened.store, pasted ?? '');
    } finally {
      await opened.close();
    }
  } catch (error) {
    printError(error instanceof AppError ? error.message : 'The database failed; nothing was stored.');
    return 1;
  }
}

function explain(config: Config, link: string): string[] {
  return [
    '1. In the app on developers.zalo.me, the callback address of the official account must be exactly',
    `   ${zaloCallback(config)}`,
    '2. Open this address where you are signed in to Zalo as administrator of the official account, and agree:',
    `   ${link}`,
    '3. Zalo sends your browser to the callback address. Copy the whole address of that page and paste it here,',
    '   within ten minutes. It works once.',
  ];
}

async function finish(
  { print, printError, now }: AuthoriseToolParts,
  config: Config,
  ownState: string,
  store: TokenStore,
  pasted: string,
): Promise<number> {
  const { zalo } = config;
  if (zalo === undefined) return 1;
  const read = readPasted(pasted.trim(), ownState, zalo);
  if (!read.ok) {
    printError(read.fault);
    return 1;
  }
  const http = createHttpClient({ allowedBases: [zalo.oauthBase] });
  try {
    const answer = await createZaloOAuth(zalo, { http, now }).exchangeCode(read.code, read.verifier);
    if (answer.kind !== 'granted') {
      printError(explainFailure(answer));
      return 1;
    }
    const kept = await store.alone(async () =>
      store.keep((await store.read())?.generation ?? 0, answer.pair),
    );
    if (kept.kind === 'busy' || kept.value === null) {
      printError('A server was refreshing the old token just now; nothing was stored. Run this again.');
      return 1;
    }
    print(
      'Stored, sealed. Servers that are running use it at once and refresh it by themselves from now on.',
    );
    print(`The first access token ends at ${answer.pair.expiresAt.toISOString()}.`);
    return 0;
  } finally {
    http.close();
  }
}

type Pasted = { ok: true; code: string; verifier: string } | { ok: false; fault: string };

/** Faults never repeat what was pasted: it may be a code that still works. */
function readPasted(text: string, ownState: string, zalo: { appSecret: string; oaId: string }): Pasted {
  const fail = (fault: string): Pasted => ({ ok: false, fault });
  if (text === '')
    return fail('Nothing was pasted; nothing was changed. Run this again when you have the address.');
  const url = /^https?:\/\//.test(text) ? URL.parse(text) : null;
  if (url === null && !/^[\w.~%-]{8,4000}$/.test(text))
    return fail(
      'This is neither an address that begins with https:// nor a code. Copy the whole address again.',
    );
  const code = url === null ? text : (url.searchParams.get('code') ?? '');
  if (code === '')
    return fail(
      'This address has no code in it: Zalo did not give permission, or it is the link itself. Agree first.',
    );
  const oaId = url?.searchParams.get('oa_id');
  if (oaId !== undefined && oaId !== null && oaId !== zalo.oaId)
    return fail(
      'Permission was given for another official account than ZALO_OA_ID. Choose the right one and agree again.',
    );
  const verifier = readState(zalo.appSecret, url === null ? ownState : (url.searchParams.get('state') ?? ''));
  if (verifier === null)
    return fail(
      'This address does not come from a link of this server, or ZALO_APP_SECRET has changed since. Open the link above.',
    );
  return { ok: true, code, verifier };
}

/** -14003: the callback address differs from the one set for the app. Others are not documented well enough to promise more. */
function explainFailure(answer: Exclude<OAuthResult, { kind: 'granted' }>): string {
  if (answer.kind === 'unanswered')
    return `Zalo could not be reached, or did not answer as documented (${answer.code}). Run this again: the code may be spent.`;
  if (answer.code === 'zalo_oauth_14003')
    return `Zalo knows another callback address for this app (${answer.code}). Set the one above on developers.zalo.me, then run this again.`;
  return (
    `Zalo refused (${answer.code}). Most often the code is older than ten minutes or was used before: run this again. ` +
    'If it stays, check ZALO_APP_ID and ZALO_APP_SECRET (the key of the app, not the one that signs webhooks).'
  );
}

/** The database of a running server where there is one, else opened like a server would. */
async function openStore(
  config: Config,
  print: (line: string) => void,
): Promise<{ store: TokenStore; close: () => Promise<void> }> {
  const keys = config.encryptionKeys ?? loadOrCreateKeys(config.dataDir).keys;
  const databaseUrl = config.databaseUrl ?? findRunningDatabase(config.dataDir);
  const database = await openDatabase({ ...config, databaseUrl }, createLog({ level: 'silent' }), print);
  const { pool, transact, close } = database;
  return { store: openZaloStore({ pool, transact, vault: createVault(keys) }), close };
}

/** The first line of standard input, typed or piped. */
async function askOnce(question: string): Promise<string | null> {
  process.stdout.write(question);
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    lines.close();
    return line;
  }
  return null;
}

if (import.meta.main) {
  process.exitCode = await runCommand(HELP, process.argv.slice(2), () =>
    authoriseZalo({
      env: process.env,
      folder: ROOT,
      print: (line) => process.stdout.write(`${line}\n`),
      printError: (line) => process.stderr.write(`${line}\n`),
      ask: askOnce,
      now: () => new Date(),
    }),
  );
  process.stdin.unref();
}
