/** One HTTP server on loopback with four faces: Zalo, Messenger, Telegram and LINE, as this project meets them. */
import { FACES, type FaceName, type PlatformCall } from './answers.ts';
import { createControl } from './control.ts';
import { createLineFace, FAKE_LINE, type LineFace } from './line.ts';
import { createMessengerFace, FAKE_PAGE, type MessengerFace } from './messenger.ts';
import { createLedger, createPeople, type SentMessage } from './people.ts';
import { startPlatformServer, type PlatformServer } from './server.ts';
import { createTelegramFace, FAKE_BOT, type TelegramFace } from './telegram.ts';
import { createZaloFace, FAKE_ZALO, type ZaloFace } from './zalo.ts';

export interface PlatformsOptions {
  /** the platforms' clock; the system's unless told */
  now?: () => Date;
  /** true: whoever never wrote may be written to; else the platforms must have heard of people first, by a webhook or `touch` */
  knowsEverybody?: boolean;
  /** 0, a free one, unless told */
  port?: number;
  /** false: calls are not kept, for long loads; faults and what people were shown still are */
  keepsCalls?: boolean;
}

export interface Platforms extends Omit<PlatformServer, 'port'> {
  zalo: ZaloFace;
  messenger: MessengerFace;
  telegram: TelegramFace;
  line: LineFace;
  /** what people of all channels were shown, in order */
  sent: SentMessage[];
  /** Resolves with the first message people were shown that matches; at once when it is there already. */
  waitForSent: (matches: (message: SentMessage) => boolean) => Promise<SentMessage>;
  /** base address of one face: what its `…_BASE` variable is set to */
  base: (face: FaceName) => string;
  /** The environment of a server connected to these platforms, all four unless told, secrets included. */
  env: (...faces: readonly FaceName[]) => Record<string, string>;
  /** calls that broke the platform's contract, in words without content; a test ends by expecting none */
  faults: () => readonly string[];
  /** takes notice of a webhook body as if this platform had delivered it */
  hear: (face: FaceName, body: unknown) => void;
}

export async function startPlatforms(options: PlatformsOptions = {}): Promise<Platforms> {
  const now = options.now ?? (() => new Date());
  const knowsEverybody = options.knowsEverybody ?? false;
  const ledger = createLedger(now);
  const partsOfFace = () => ({ now, ledger, knowsEverybody, people: createPeople(knowsEverybody, now) });
  const faces = {
    zalo: createZaloFace(partsOfFace()),
    messenger: createMessengerFace(partsOfFace()),
    telegram: createTelegramFace(partsOfFace()),
    line: createLineFace(partsOfFace()),
  };
  const faults: string[] = [];
  const control = createControl();
  const server = await startPlatformServer({
    faces: Object.values(faces),
    port: options.port ?? 0,
    keepsCalls: options.keepsCalls ?? true,
    onFault: (call) => faults.push(describeFault(call)),
    control: control.answer,
  });
  const base = (face: FaceName): string => `http://127.0.0.1:${server.port}/${face}`;
  let refreshToken: string | null = null;
  const platforms: Platforms = {
    ...server,
    ...faces,
    sent: ledger.all,
    waitForSent: ledger.waitFor,
    base,
    faults: () => faults,
    hear: (face, body) => faces[face].hear(body),
    env: (...chosen) => {
      // a second one would make the first worthless
      refreshToken ??= faces.zalo.issueRefreshToken();
      const all = describeEnvironment(base, refreshToken);
      const names = chosen.length === 0 ? FACES : chosen;
      return Object.fromEntries(names.flatMap((face) => Object.entries(all[face])));
    },
  };
  control.attach(platforms);
  return platforms;
}

function describeFault({ face, name, problems }: PlatformCall): string {
  return `${face} ${name}: ${problems.join('; ')}`;
}

function describeEnvironment(
  base: (face: FaceName) => string,
  refreshToken: string,
): Readonly<Record<FaceName, Record<string, string>>> {
  return {
    zalo: {
      ZALO_APP_ID: FAKE_ZALO.appId,
      ZALO_APP_SECRET: FAKE_ZALO.appSecret,
      ZALO_OA_ID: FAKE_ZALO.oaId,
      ZALO_OA_SECRET: FAKE_ZALO.oaSecret,
      ZALO_REFRESH_TOKEN: refreshToken,
      ZALO_API_BASE: base('zalo'),
      ZALO_OAUTH_BASE: base('zalo'),
    },
    messenger: {
      MESSENGER_PAGE_ID: FAKE_PAGE.pageId,
      MESSENGER_APP_ID: FAKE_PAGE.appId,
      MESSENGER_APP_SECRET: FAKE_PAGE.appSecret,
      MESSENGER_VERIFY_TOKEN: FAKE_PAGE.verifyToken,
      MESSENGER_PAGE_TOKEN: FAKE_PAGE.pageToken,
      GRAPH_BASE: base('messenger'),
    },
    telegram: {
      TELEGRAM_BOT_TOKEN: FAKE_BOT.token,
      TELEGRAM_WEBHOOK_SECRET: FAKE_BOT.webhookSecret,
      TELEGRAM_API_ROOT: base('telegram'),
    },
    line: {
      LINE_CHANNEL_SECRET: FAKE_LINE.channelSecret,
      LINE_CHANNEL_TOKEN: FAKE_LINE.channelToken,
      LINE_DESTINATION: FAKE_LINE.destination,
      LINE_API_BASE: base('line'),
      LINE_DATA_BASE: base('line'),
    },
  };
}
