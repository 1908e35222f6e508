/** The web chat: its page, the form that works without JavaScript, and what the page's script calls. */
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Router } from 'express';
import type { Request, Response } from 'express';
import type { Pool } from 'pg';
import type { Clock, Inbox, LiveHub, MessageView } from '../ports.ts';
import { createApiRouter } from './api.ts';
import { AUDIO_ROUTE, serveAudio } from './audio.ts';
import { sendCompressed, serveWebchatFiles } from './build.ts';
import type { WebchatBuild } from './build.ts';
import { createChats, createToken } from './chats.ts';
import { createFormRouter } from './form.ts';
import { setWebchatHeaders } from './headers.ts';
import { printHtml } from './html.ts';
import { createWebchatLimits } from './limits.ts';
import type { WebchatLimits } from './limits.ts';
import type { HelpNumber } from './numbers.ts';
import { renderChatPage } from './pages/chat-page.ts';
import type { ChatPage } from './pages/chat-page.ts';
import { DRAFT_CSP, renderDraftPage } from './pages/draft-page.ts';
import type { DraftTexts } from './pages/draft-page.ts';
import type { WebchatStrings } from './shared/texts.ts';
import type { PageLanguage } from './shared/wire.ts';
import { WEBCHAT_STRINGS } from './strings.ts';

/** Harmless, known to everybody, the same for everyone: its name may show up in the browser. */
export const DEFAULT_EXIT_URL = 'https://www.google.com/';

/** Waits in milliseconds; tests pass short ones. */
export interface WebchatTiming {
  heartbeatMs: number;
  pollMs: number;
  /** how long a form post waits for the answer of its turn */
  formWaitMs: number;
}

export const DEFAULT_TIMING: WebchatTiming = { heartbeatMs: 15_000, pollMs: 25_000, formWaitMs: 3_000 };

export interface WebchatDeps {
  db: Pool;
  inbox: Pick<Inbox, 'accept'>;
  live: Pick<LiveHub, 'subscribe'>;
  clock: Clock;
  /** messages with `seq` above `afterSeq`, in order; may be a portion */
  listMessages: (conversationId: string, afterSeq: number) => Promise<readonly MessageView[]>;
  /** the keyed hash kept in contacts.platform_hash for channel web, account default */
  hashPlatformId: (platformId: string) => Buffer;
  /** from the hotline register, most important first; read at each page, so keep it in memory */
  numbers: (language: PageLanguage) => readonly HelpNumber[];
  /** null = only the form works (tests, a failed build) */
  build: WebchatBuild | null;
  /** absolute path of content/audio: recordings of texts */
  audioFolder?: string;
  /** texts of `/declaration`, as they may be said today; without them there is no such page */
  draftTexts?: (language: PageLanguage) => DraftTexts;
  /** after a person ended the chat: live event `web_chat_ended` */
  announceEnd?: (conversationId: string) => Promise<void>;
  /** id of the choice that makes the bot speak this language; null = the bot finds out from what is written */
  languageChoice?: (language: PageLanguage) => string | null;
  strings?: (language: PageLanguage) => WebchatStrings;
  limits?: WebchatLimits;
  exitUrl?: string;
  timing?: WebchatTiming;
  /** told about faults that were answered with 5xx; must log codes only */
  reportFault?: (error: unknown) => void;
}

/** What all parts of the web chat share once the defaults are filled in. */
export interface WebchatParts {
  chats: ReturnType<typeof createChats>;
  live: WebchatDeps['live'];
  clock: Clock;
  limits: WebchatLimits;
  timing: WebchatTiming;
  strings: (language: PageLanguage) => WebchatStrings;
  languageChoice: (language: PageLanguage) => string | null;
  exitUrl: string;
  reportFault: (error: unknown) => void;
  /** the page with what every page has in common filled in */
  printPage: (page: PageContent) => Buffer;
  sendPage: (response: Response, status: number, page: PageContent) => void;
}

export type PageContent = Partial<
  Omit<ChatPage, 'strings' | 'languageChoice' | 'numbers' | 'files' | 'exitUrl' | 'messageId'>
> &
  Pick<ChatPage, 'language'>;

/**
 * Mount at `/`, before anything that parses bodies with a smaller limit than 1 MB.
 * Serves `/`, `/declaration`, `/chat`, `/chat/end`, `/api/chat/*`, `/audio/*`, `/static/*`, `/widget.js`; everything else falls through.
 */
export function createWebchatRouter(deps: WebchatDeps): Router {
  const strings = deps.strings ?? ((language) => WEBCHAT_STRINGS[language]);
  const languageChoice = deps.languageChoice ?? (() => null);
  const exitUrl = deps.exitUrl ?? DEFAULT_EXIT_URL;
  const printPage = (page: PageContent): Buffer => {
    const whole = {
      token: createToken(),
      ref: '',
      begun: false,
      messages: [],
      after: 0,
      draft: '',
      notice: null,
      ...page,
      messageId: randomBytes(16).toString('hex'),
      strings,
      languageChoice,
      numbers: deps.numbers,
      files: deps.build,
      exitUrl,
    };
    return Buffer.from(printHtml(renderChatPage(whole)));
  };
  const parts: WebchatParts = {
    chats: createChats(deps),
    live: deps.live,
    clock: deps.clock,
    limits: deps.limits ?? createWebchatLimits(deps.clock),
    timing: deps.timing ?? DEFAULT_TIMING,
    strings,
    languageChoice,
    exitUrl,
    reportFault: deps.reportFault ?? (() => undefined),
    printPage,
    sendPage(response, status, page) {
      response.status(status).type('html').send(printPage(page));
    },
  };

  const router = Router();
  if (deps.build !== null) router.use(serveWebchatFiles(deps.build));
  if (deps.audioFolder !== undefined) router.use(AUDIO_ROUTE, serveAudio(deps.audioFolder));
  router.get('/', setWebchatHeaders, (request, response) => {
    const page = parts.printPage({ language: chooseLanguage(request), ref: readRef(request) });
    // may be compressed: its token is new and nothing in it was said by anybody
    sendCompressed(request, response.type('html'), { raw: page, gzip: gzipSync(page) });
  });
  const { draftTexts } = deps;
  if (draftTexts !== undefined)
    router.get('/declaration', setWebchatHeaders, (request, response) => {
      const language = chooseLanguage(request);
      const files = deps.build?.draft ?? null;
      const page = renderDraftPage({ language, texts: draftTexts(language), files, exitUrl });
      response.set('content-security-policy', DRAFT_CSP).type('html').send(printHtml(page));
    });
  // someone reloads the address of a form post
  router.get(['/chat', '/chat/end'], setWebchatHeaders, (_request, response) => response.redirect(303, '/'));
  router.use('/chat', setWebchatHeaders, createFormRouter(parts));
  router.use('/api/chat', setWebchatHeaders, createApiRouter(parts));
  return router;
}

/** `?lang=` wins, then what the browser asks for, then Vietnamese. */
function chooseLanguage(request: Request): PageLanguage {
  const asked = request.query['lang'];
  if (asked === 'vi' || asked === 'en') return asked;
  return request.acceptsLanguages('vi', 'en') === 'en' ? 'en' : 'vi';
}

/** `?c=` is the campaign of a poster or link. */
function readRef(request: Request): string {
  const ref = request.query['c'];
  return typeof ref === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(ref) ? ref : '';
}
