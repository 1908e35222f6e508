/** The environment as one zod schema; every fault is reported at once. docs/configuration.md is generated from it. */
import path from 'node:path';
import { z } from 'zod';
import type { ZaloConfig } from './channels/registry.ts';
import { parseEncryptionKeys, type EncryptionKey } from './vault.ts';

/** Words people leave in example files. A secret that is one of them protects nothing. */
const PLACEHOLDER =
  /^(change[-_ ]?me|changeit|secret|password|passwd|token|test|example|placeholder|xxx+|todo|default|your[-_ ].*|<.*>|123456.*)$/i;

const secret = (description: string) =>
  z
    .string()
    .refine((value) => !PLACEHOLDER.test(value), 'is a placeholder: set a secret of your own')
    .optional()
    .describe(`${description} Secret.`);
const digits = (description: string) =>
  z
    .string()
    .regex(/^\d{1,32}$/, 'is a number as shown by the platform: digits only')
    .optional()
    .describe(description);
const base = (address: string, description: string) =>
  z
    .url({ protocol: /^https?$/ })
    .refine(
      isSafeBase,
      'must begin with https:// (http:// only for this machine: localhost, 127.0.0.1, [::1])',
    )
    .default(address)
    .describe(`${description} Another address lets a fake stand in.`);

/** Tokens go to these addresses: in the clear only to a fake on this machine. */
function isSafeBase(address: string): boolean {
  const url = URL.parse(address);
  if (url === null || url.username !== '' || url.password !== '' || url.search !== '') return false;
  return url.protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
}

export const EnvironmentSchema = z.object({
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(3000)
    .describe('Port of the web server; 0 takes a free one.'),
  HOST: z
    .string()
    .default('127.0.0.1')
    .describe('Address to listen on. Put a proxy with TLS in front before opening it.'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Address people and platforms reach us at; `http://localhost:PORT` when unset.'),
  TRUSTED_PROXIES: z.coerce
    .number()
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe('Number of proxies in front whose X-Forwarded-For is believed; needed for rate limits.'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe('PostgreSQL 15 or newer. Unset: the embedded one, with its data in DATA_DIR. Secret.'),
  DATA_DIR: z.string().default('data').describe('Folder of the embedded database and of the key file.'),
  ENCRYPTION_KEYS: z
    .string()
    .superRefine((value, context) => {
      const keys = parseEncryptionKeys(value);
      if (!keys.ok) context.addIssue({ code: 'custom', message: keys.fault });
    })
    .optional()
    .describe(
      'Keys that protect stored texts: `id:key,id2:key2`, each key 32 bytes in base64 (`openssl rand -base64 32`). The first ' +
        'one seals, all of them open, the last one also keys the look-up hashes: put new keys in front and keep the last. ' +
        'Required with DATABASE_URL; otherwise made on first start in DATA_DIR/encryption-keys. Lost keys cannot be replaced. Secret.',
    ),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('How much is logged.'),
  ROLE: z
    .enum(['all', 'web', 'worker'])
    .default('all')
    .describe('`web` takes requests only, `worker` takes turns and sends only, `all` does both.'),
  LEARNING_PURPOSE: z
    .string()
    .trim()
    .min(20, 'is one sentence saying what for, of at least 20 characters')
    .max(300, 'is at most 300 characters')
    .optional()
    .describe(
      'What wordings the bot did not understand are kept for, in one sentence; editors read it above the list, and the people who ' +
        'answer for privacy should have agreed to it. Unset: nothing is kept, and what was kept is deleted. See ' +
        '[teach the bot new words](how-to/teach-new-words.md).',
    ),
  ZALO_API_BASE: base('https://openapi.zalo.me', 'Zalo API.'),
  ZALO_OAUTH_BASE: base('https://oauth.zaloapp.com', 'Zalo sign-in.'),
  GRAPH_BASE: base(
    'https://graph.facebook.com',
    'Messenger (Graph API v26.0; `/v27.0` at the end asks for another version).',
  ),
  TELEGRAM_API_ROOT: base('https://api.telegram.org', 'Telegram Bot API.'),
  LINE_API_BASE: base('https://api.line.me', 'LINE Messaging API.'),
  LINE_DATA_BASE: base('https://api-data.line.me', 'LINE content.'),
  ZALO_APP_ID: digits('Zalo app; turns the channel Zalo on.'),
  ZALO_APP_SECRET: secret('Secret key of the Zalo app.'),
  ZALO_OA_ID: digits('Zalo official account.'),
  ZALO_OA_SECRET: secret('Signs Zalo webhooks; not the secret key of the app.'),
  ZALO_REFRESH_TOKEN: secret(
    'First refresh token of the Zalo account; it works once and rotates afterwards. Not needed with `npm run zalo:authorise`.',
  ),
  MESSENGER_PAGE_ID: digits('Facebook page, by its number; turns the channel Messenger on.'),
  MESSENGER_APP_ID: digits(
    'Meta app, by its number; tells our own messages from those written in the page inbox.',
  ),
  MESSENGER_APP_SECRET: secret('Signs Messenger webhooks, and our calls.'),
  MESSENGER_VERIFY_TOKEN: secret(
    'Of your choice; entered in the settings of the app, and compared in the handshake.',
  ),
  MESSENGER_PAGE_TOKEN: secret('Sends on behalf of the page.'),
  TELEGRAM_BOT_TOKEN: secret('From @BotFather; turns the channel Telegram on.'),
  TELEGRAM_WEBHOOK_SECRET: z
    .string()
    .regex(/^[A-Za-z0-9_-]{16,256}$/, 'needs 16 to 256 of A-Z a-z 0-9 _ -')
    .refine((value) => !PLACEHOLDER.test(value), 'is a placeholder: set a secret of your own')
    .optional()
    .describe('Given to setWebhook; without it every webhook call is refused. Secret.'),
  LINE_CHANNEL_SECRET: secret('Signs LINE webhooks; turns the channel LINE on.'),
  LINE_CHANNEL_TOKEN: secret('Sends on LINE.'),
  LINE_DESTINATION: z
    .string()
    .regex(/^U[0-9a-f]{32}$/, 'is U and 32 of 0-9 a-f')
    .optional()
    .describe(
      'Our own LINE user id, as in the webhook body; lets the health check tell a token of another account.',
    ),
  MEDIA_S3_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .refine(
      isSafeBase,
      'must begin with https:// (http:// only for this machine: localhost, 127.0.0.1, [::1])',
    )
    .optional()
    .describe(
      'Address of an S3-like store for files people send, without the bucket; they are sealed before they leave this machine. ' +
        'Unset: they lie in DATA_DIR/media. Needed when several machines share one database and no disk.',
    ),
  MEDIA_S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'is the name of a bucket: 3 to 63 of a-z 0-9 . -')
    .optional()
    .describe('Bucket for files people send; without versions, or deleting would leave them there.'),
  MEDIA_S3_REGION: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'is the name of a region: a-z 0-9 -')
    .default('us-east-1')
    .describe(
      'Region the requests to the store are signed for; most stores of other makers take the default.',
    ),
  MEDIA_S3_ACCESS_KEY: secret('May put, get and delete in that bucket, nothing else.'),
  MEDIA_S3_SECRET_KEY: secret('Signs the requests to the store.'),
});
export type Environment = z.infer<typeof EnvironmentSchema>;
type VariableName = keyof Environment;

interface VariableGroup {
  required: readonly VariableName[];
  /** may be left out, but mean nothing without the required ones */
  optional?: readonly VariableName[];
}

/** Variables that only make sense together. */
const TOGETHER: readonly VariableGroup[] = [
  {
    required: ['ZALO_APP_ID', 'ZALO_APP_SECRET', 'ZALO_OA_ID', 'ZALO_OA_SECRET'],
    optional: ['ZALO_REFRESH_TOKEN'],
  },
  {
    required: [
      'MESSENGER_PAGE_ID',
      'MESSENGER_APP_ID',
      'MESSENGER_APP_SECRET',
      'MESSENGER_VERIFY_TOKEN',
      'MESSENGER_PAGE_TOKEN',
    ],
  },
  { required: ['TELEGRAM_BOT_TOKEN', 'TELEGRAM_WEBHOOK_SECRET'] },
  { required: ['LINE_CHANNEL_SECRET', 'LINE_CHANNEL_TOKEN'], optional: ['LINE_DESTINATION'] },
  {
    required: ['MEDIA_S3_ENDPOINT', 'MEDIA_S3_BUCKET', 'MEDIA_S3_ACCESS_KEY', 'MEDIA_S3_SECRET_KEY'],
    optional: ['MEDIA_S3_REGION'],
  },
];

export interface Config {
  port: number;
  host: string;
  /** null: `http://localhost:<port>` once the port is known */
  publicUrl: string | null;
  trustedProxies: number;
  /** null: embedded */
  databaseUrl: string | null;
  /** absolute */
  dataDir: string;
  /** null: from the key file in `dataDir`; never null with a `databaseUrl` */
  encryptionKeys: readonly EncryptionKey[] | null;
  logLevel: Environment['LOG_LEVEL'];
  role: Environment['ROLE'];
  telegram: { token: string; webhookSecret: string; apiRoot: string } | undefined;
  messenger:
    | {
        pageId: string;
        appId: string;
        appSecret: string;
        verifyToken: string;
        pageToken: string;
        graphBase: string;
      }
    | undefined;
  line:
    | {
        channelSecret: string;
        channelToken: string;
        destination: string | null;
        apiBase: string;
        dataBase: string;
      }
    | undefined;
  zalo: ZaloConfig | undefined;
  /** null: nothing is learnt from what people write */
  learningPurpose: string | null;
  /** undefined: files people send lie in `dataDir` */
  mediaS3:
    { endpoint: string; bucket: string; region: string; accessKey: string; secretKey: string } | undefined;
  /** the validated variables, for channels that read their own */
  environment: Environment;
}

export type ConfigResult = { ok: true; config: Config } | { ok: false; faults: readonly string[] };

/** Reads the environment. Faults name the variable and what is expected, never its value. An empty variable counts as unset. */
export function readConfig(
  variables: Readonly<Record<string, string | undefined>>,
  folder: string,
): ConfigResult {
  const given = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = EnvironmentSchema.safeParse(given);
  const faults = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  faults.push(...listMissingPartners(given));
  if (given['DATABASE_URL'] !== undefined && given['ENCRYPTION_KEYS'] === undefined) {
    faults.push(
      'ENCRYPTION_KEYS: required with DATABASE_URL (one key: "k1:" and the output of "openssl rand -base64 32")',
    );
  }
  if (!parsed.success || faults.length > 0) return { ok: false, faults };
  return { ok: true, config: describeConfig(parsed.data, folder) };
}

function listMissingPartners(given: Readonly<Record<string, unknown>>): string[] {
  const isGiven = (name: VariableName): boolean => given[name] !== undefined;
  return TOGETHER.flatMap(({ required, optional = [] }) => {
    const present = [...required, ...optional].filter(isGiven);
    if (present.length === 0) return [];
    return required
      .filter((name) => !isGiven(name))
      .map((name) => `${name}: required because ${present.join(', ')} is set`);
  });
}

function describeConfig(environment: Environment, folder: string): Config {
  const keys =
    environment.ENCRYPTION_KEYS === undefined ? null : parseEncryptionKeys(environment.ENCRYPTION_KEYS);
  return {
    port: environment.PORT,
    host: environment.HOST,
    publicUrl: environment.PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    trustedProxies: environment.TRUSTED_PROXIES,
    databaseUrl: environment.DATABASE_URL ?? null,
    dataDir: path.resolve(folder, environment.DATA_DIR),
    encryptionKeys: keys?.ok === true ? keys.keys : null,
    logLevel: environment.LOG_LEVEL,
    role: environment.ROLE,
    telegram: describeTelegram(environment),
    zalo: describeZalo(environment),
    messenger: describeMessenger(environment),
    line: describeLine(environment),
    mediaS3: describeMediaStore(environment),
    learningPurpose: environment.LEARNING_PURPOSE ?? null,
    environment,
  };
}

function describeZalo(environment: Environment): ZaloConfig | undefined {
  const {
    ZALO_APP_ID: appId,
    ZALO_APP_SECRET: appSecret,
    ZALO_OA_ID: oaId,
    ZALO_OA_SECRET: oaSecret,
  } = environment;
  if (appId === undefined || appSecret === undefined || oaId === undefined || oaSecret === undefined)
    return undefined;
  return {
    appId,
    appSecret,
    oaId,
    oaSecret,
    refreshToken: environment.ZALO_REFRESH_TOKEN ?? null,
    apiBase: environment.ZALO_API_BASE.replace(/\/+$/, ''),
    oauthBase: environment.ZALO_OAUTH_BASE.replace(/\/+$/, ''),
  };
}

function describeTelegram(environment: Environment): Config['telegram'] {
  const { TELEGRAM_BOT_TOKEN: token, TELEGRAM_WEBHOOK_SECRET: webhookSecret } = environment;
  if (token === undefined || webhookSecret === undefined) return undefined;
  return { token, webhookSecret, apiRoot: environment.TELEGRAM_API_ROOT };
}

function describeMessenger(environment: Environment): Config['messenger'] {
  const {
    MESSENGER_PAGE_ID: pageId,
    MESSENGER_APP_ID: appId,
    MESSENGER_APP_SECRET: appSecret,
    MESSENGER_VERIFY_TOKEN: verifyToken,
    MESSENGER_PAGE_TOKEN: pageToken,
  } = environment;
  if (pageId === undefined || appId === undefined || appSecret === undefined) return undefined;
  if (verifyToken === undefined || pageToken === undefined) return undefined;
  return { pageId, appId, appSecret, verifyToken, pageToken, graphBase: environment.GRAPH_BASE };
}

function describeLine(environment: Environment): Config['line'] {
  const { LINE_CHANNEL_SECRET: channelSecret, LINE_CHANNEL_TOKEN: channelToken } = environment;
  if (channelSecret === undefined || channelToken === undefined) return undefined;
  const destination = environment.LINE_DESTINATION ?? null;
  const { LINE_API_BASE: apiBase, LINE_DATA_BASE: dataBase } = environment;
  return { channelSecret, channelToken, destination, apiBase, dataBase };
}

function describeMediaStore(environment: Environment): Config['mediaS3'] {
  const {
    MEDIA_S3_ENDPOINT: endpoint,
    MEDIA_S3_BUCKET: bucket,
    MEDIA_S3_ACCESS_KEY: accessKey,
    MEDIA_S3_SECRET_KEY: secretKey,
  } = environment;
  if (endpoint === undefined || bucket === undefined) return undefined;
  if (accessKey === undefined || secretKey === undefined) return undefined;
  return { endpoint, bucket, region: environment.MEDIA_S3_REGION, accessKey, secretKey };
}
