/** `node references.ts <name> <platform port>`: one of the servers compared with, in a process of its own. None of them stores anything. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import express, { type Express } from 'express';
import { Bot, webhookCallback } from 'grammy';
import { z } from 'zod';
import { loadPackage } from '../five-questions/packages.ts';
import { SECRETS } from './protocols.ts';

/** About as long as what our bot says. */
const ANSWER = 'Bạn cần gì? Có lời mời đi làm, đi học hay lấy chồng xa, bạn cứ dán thẳng vào đây.';
const BodySchema = z.object({ timestamp: z.string() });
const BotSchema = z.custom<
  new (options: object) => {
    onEvent: (
      action: (context: { sendText: (text: string) => Promise<unknown> }) => Promise<unknown>,
    ) => void;
  }
>((value) => typeof value === 'function');
const CreateServerSchema = z.custom<(bot: unknown, options: object) => RequestListener>(
  (value) => typeof value === 'function',
);

const [name = '', platformPort = ''] = process.argv.slice(2);
const platform = `http://127.0.0.1:${platformPort}`;
const listener = await create(name);
const server = createServer(listener);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});
process.on('disconnect', () => process.exit(0));

async function create(wanted: string): Promise<RequestListener> {
  if (wanted === 'express') return createBareExpress();
  if (wanted === 'grammy') return createGrammy();
  if (wanted === 'bottender') return createBottender();
  throw new Error(`no server of that name: ${wanted}`);
}

/** The same body with the same signature as the product takes, checked, parsed and answered. Nothing is sent. */
function createBareExpress(): Express {
  const app = express();
  const signed = new WeakMap<object, Buffer>();
  app.post(
    '/hooks/zalo/default',
    express.json({ verify: (request, _response, raw) => void signed.set(request, raw) }),
    (request, response) => {
      const { timestamp } = BodySchema.parse(request.body);
      const mac = createHash('sha256')
        .update(SECRETS.zaloAppId)
        .update(signed.get(request) ?? '')
        .update(timestamp)
        .update(SECRETS.zaloOaSecret)
        .digest();
      const given = Buffer.from(String(request.headers['x-zevent-signature']).slice('mac='.length), 'hex');
      const isSigned = given.length === mac.length && timingSafeEqual(given, mac);
      response.status(isSigned ? 200 : 403).json({ ok: isSigned });
    },
  );
  return app;
}

/** As its guide shows it: Express, JSON, the secret header, one answer by the Bot API. */
async function createGrammy(): Promise<Express> {
  const bot = new Bot(SECRETS.telegramToken, {
    client: { apiRoot: platform },
    botInfo: {
      id: 123_456,
      is_bot: true,
      first_name: 'Bench',
      username: 'bench_bot',
      can_join_groups: false,
      can_read_all_group_messages: false,
      supports_inline_queries: false,
      can_connect_to_business: false,
      has_main_web_app: false,
      has_topics_enabled: false,
      allows_users_to_create_topics: false,
      can_manage_bots: false,
      supports_join_request_queries: false,
    },
  });
  bot.on('message:text', (context) => context.reply(ANSWER));
  await bot.init();
  const app = express();
  app.use(express.json());
  const answer = webhookCallback(bot, 'express', { secretToken: SECRETS.telegramSecret });
  app.post('/hooks', (request, response) => void answer(request, response));
  return app;
}

/** Its Messenger bot on its own Express server: signature, session in memory, one answer by the Graph API. */
function createBottender(): RequestListener {
  const { MessengerBot } = loadPackage('bottender', z.object({ MessengerBot: BotSchema }));
  const { createServer: createBottenderServer } = loadPackage(
    '@bottender/express',
    z.object({ createServer: CreateServerSchema }),
  );
  const bot = new MessengerBot({
    accessToken: SECRETS.messengerPageToken,
    appSecret: SECRETS.messengerAppSecret,
    verifyToken: 'bench',
    pageId: SECRETS.messengerPageId,
    origin: platform,
    skipAppSecretProof: true,
  });
  bot.onEvent((context) => context.sendText(ANSWER));
  return createBottenderServer(bot, { path: '/hooks' });
}
