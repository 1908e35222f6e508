/** `node references.ts <name> <platform port>`: what is compared with, a server of its own; none of them stores anything. */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import express from 'express';
import { Bot, webhookCallback } from 'grammy';
import { z } from 'zod';
import { loadPackage } from '../five-questions/packages.ts';
import { ACCOUNT, signZalo } from './deliveries.ts';

/** as long as what our bot says on average */
const ANSWER =
  'Bạn đang cần gì? Bạn có thể dán thẳng lời mời vào đây, hoặc chọn một mục. Cần gặp người thì nhắn "người".';

const [name = '', platformPort = ''] = process.argv.slice(2);
const SERVERS: Readonly<Record<string, () => Promise<RequestListener> | RequestListener>> = {
  express: createExpress,
  grammy: createGrammy,
  bottender: createBottender,
};
const create = SERVERS[name];
if (create === undefined) throw new Error('there is no such server');
const server = createServer(await create());
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});
process.on('disconnect', () => process.exit(0));

/** The same body with the same signature as ours takes: checked, parsed, acknowledged. Nothing is answered. */
function createExpress(): RequestListener {
  const TimedSchema = z.object({ timestamp: z.string() });
  const app = express();
  const raws = new WeakMap<object, Buffer>();
  const json = express.json({ verify: (request, _response, raw) => void raws.set(request, raw) });
  app.post('/hooks/zalo/default', json, (request, response) => {
    const { timestamp } = TimedSchema.parse(request.body);
    const due = Buffer.from(`mac=${signZalo(raws.get(request) ?? Buffer.alloc(0), timestamp)}`);
    const given = Buffer.from(String(request.headers['x-zevent-signature']));
    const isSigned = given.length === due.length && timingSafeEqual(given, due);
    response.status(isSigned ? 200 : 403).json({ ok: isSigned });
  });
  return app;
}

/** Express, JSON, the secret header, one answer by the Bot API. */
async function createGrammy(): Promise<RequestListener> {
  const bot = new Bot(ACCOUNT.telegramToken, {
    client: { apiRoot: `http://127.0.0.1:${platformPort}` },
    botInfo: {
      id: 424_242,
      is_bot: true,
      first_name: 'Bench',
      username: 'example_bench_bot',
      can_join_groups: false,
      can_read_all_group_messages: false,
      supports_inline_queries: false,
      supports_join_request_queries: false,
      can_connect_to_business: false,
      has_main_web_app: false,
      has_topics_enabled: false,
      allows_users_to_create_topics: false,
      can_manage_bots: false,
    },
  });
  bot.on('message:text', (context) => context.reply(ANSWER));
  await bot.init();
  const app = express();
  const answer = webhookCallback(bot, 'express', { secretToken: ACCOUNT.telegramSecret });
  app.post('/hooks', express.json(), (request, response, next) => {
    answer(request, response).catch(next);
  });
  return app;
}

/** Its Messenger bot on its own server: signature, session in memory, one answer by the Graph API. */
function createBottender(): RequestListener {
  interface Context {
    sendText: (text: string) => Promise<unknown>;
  }
  interface BottenderBot {
    onEvent: (act: (context: Context) => Promise<unknown>) => void;
  }
  const BotClassSchema = z.custom<new (options: object) => BottenderBot>(isFunction);
  const CreateServerSchema = z.custom<(bot: BottenderBot, options: object) => RequestListener>(isFunction);
  const { MessengerBot } = loadPackage('bottender', z.object({ MessengerBot: BotClassSchema }));
  const { createServer: createTheirs } = loadPackage(
    '@bottender/express',
    z.object({ createServer: CreateServerSchema }),
  );
  const bot = new MessengerBot({
    accessToken: ACCOUNT.pageToken,
    appSecret: ACCOUNT.pageSecret,
    pageId: ACCOUNT.pageId,
    verifyToken: 'unused',
    skipAppSecretProof: true,
    origin: `http://127.0.0.1:${platformPort}`,
  });
  bot.onEvent((context) => context.sendText(ANSWER));
  return createTheirs(bot, { path: '/hooks' });
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}
