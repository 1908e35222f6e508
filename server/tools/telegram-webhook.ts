/** `npm run telegram:webhook -- https://host`: tells Telegram where to deliver, then says in plain words how deliveries stand. */
import type { Api } from 'grammy';
import { classifyFailure, readFailure } from '../channels/telegram-errors.ts';
import { createTelegramApi, TELEGRAM_API_ROOT, TELEGRAM_UPDATES } from '../channels/telegram.ts';
import { createHttpClient } from '../http.ts';
import { runCommand } from './command-line.ts';

const HELP = `npm run telegram:webhook -- https://host   tells Telegram to deliver to this server, and shows how deliveries stand;
                                           reads TELEGRAM_BOT_TOKEN and TELEGRAM_WEBHOOK_SECRET`;

/** Where Telegram delivers; the rest of the address is the argument. */
const HOOK_PATH = 'hooks/telegram/default';
/** setWebhook: "Ports currently supported for webhooks: 443, 80, 88, 8443"; '' is 443. */
const PORTS = ['', '80', '88', '8443'];
const TIMEOUT_MS = 20_000;

export interface WebhookToolParts {
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  print: (line: string) => void;
  printError: (line: string) => void;
}

/** @returns the exit code: 0 done, 1 something is missing or was refused (already printed, without token or secret) */
export async function setTelegramWebhook({
  args,
  env,
  print,
  printError,
}: WebhookToolParts): Promise<number> {
  const token = env['TELEGRAM_BOT_TOKEN'] ?? '';
  const secret = env['TELEGRAM_WEBHOOK_SECRET'] ?? '';
  const address = readAddress(args);
  const faults = [...findSettingFaults(token, secret), ...(typeof address === 'string' ? [address] : [])];
  if (typeof address === 'string' || faults.length > 0) {
    for (const fault of faults) printError(fault);
    return 1;
  }

  const apiRoot = (env['TELEGRAM_API_ROOT'] ?? TELEGRAM_API_ROOT).replace(/\/+$/, '');
  if (!URL.canParse(apiRoot)) {
    printError('TELEGRAM_API_ROOT is not an address.');
    return 1;
  }
  const http = createHttpClient({ allowedBases: [apiRoot] });
  const api = createTelegramApi({ token, apiRoot, http, timeoutMs: TIMEOUT_MS });
  try {
    await api.setWebhook(address.href, { secret_token: secret, allowed_updates: TELEGRAM_UPDATES });
    print('Telegram accepted the webhook.');
    for (const line of await describeWebhook(api)) print(line);
    return 0;
  } catch (error) {
    printError(explainFailure(error));
    return 1;
  } finally {
    http.close();
  }
}

function findSettingFaults(token: string, secret: string): string[] {
  const faults: string[] = [];
  if (token === '')
    faults.push('TELEGRAM_BOT_TOKEN is not set. Get one from @BotFather and set it as for the server.');
  if (secret === '') {
    faults.push(
      'TELEGRAM_WEBHOOK_SECRET is not set. Choose 32 or more random characters and set it as for the server.',
    );
  } else if (!/^[A-Za-z0-9_-]{1,256}$/.test(secret)) {
    faults.push('TELEGRAM_WEBHOOK_SECRET may have 1 to 256 characters: letters A to Z, digits, _ and -.');
  }
  return faults;
}

/** @returns the full address of the webhook, or what is wrong with the argument */
function readAddress(args: readonly string[]): URL | string {
  const [given, ...others] = args;
  if (given === undefined || others.length > 0) {
    return 'Give the public address of the server: npm run telegram:webhook -- https://bot.example.org';
  }
  const base = URL.parse(given);
  if (base?.protocol !== 'https:')
    return 'The address must begin with https:// (Telegram delivers to nothing else).';
  if (base.username !== '' || base.password !== '' || base.search !== '' || base.hash !== '') {
    return 'The address must be a host and, at most, a path: https://bot.example.org';
  }
  if (!PORTS.includes(base.port)) return 'Telegram delivers only to the ports 443, 80, 88 and 8443.';
  return new URL(`${base.pathname.replace(/\/+$/, '')}/${HOOK_PATH}`, base);
}

async function describeWebhook(api: Api): Promise<string[]> {
  const info = await api.getWebhookInfo();
  const { url, pending_update_count, last_error_date, last_error_message, allowed_updates } = info;
  const failedAt = last_error_date === undefined ? null : new Date(last_error_date * 1000).toISOString();
  return [
    `Delivers to: ${url ?? ''}`,
    `Delivers: ${(allowed_updates ?? []).join(', ') || 'what Telegram chooses'}`,
    `Waiting to be delivered: ${pending_update_count}`,
    failedAt === null
      ? 'Last failed delivery: none'
      : `Last failed delivery: ${failedAt} (${last_error_message ?? 'no reason'})`,
  ];
}

/** Telegram's reason for refusing an address is worth showing: it names neither token nor person. */
function explainFailure(error: unknown): string {
  const failure = readFailure(error);
  const { class: failureClass, retryAfterMs, code } = classifyFailure(failure);
  if (failureClass === 'token') return 'Telegram does not know this token. Check TELEGRAM_BOT_TOKEN.';
  if (failureClass === 'rate')
    return `Too many requests. Try again in ${Math.ceil((retryAfterMs ?? 60_000) / 1000)} seconds.`;
  if (failure.kind === 'refused') return `Telegram refused: ${failure.description} (${code})`;
  return `Telegram could not be reached (${code}). Check the network and TELEGRAM_API_ROOT.`;
}

if (import.meta.main) {
  process.exitCode = await runCommand(HELP, process.argv.slice(2), (args) =>
    setTelegramWebhook({
      args,
      env: process.env,
      print: (line) => process.stdout.write(`${line}\n`),
      printError: (line) => process.stderr.write(`${line}\n`),
    }),
  );
}
