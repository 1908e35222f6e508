/** The same chat by plain form posts: for browsers without JavaScript, and for when the script did not arrive. */
import express, { Router } from 'express';
import type { ErrorRequestHandler, Request, Response } from 'express';
import { z } from 'zod';
import { isAway, readBodyFaultStatus } from './api.ts';
import { explainEnd, nameChat } from './chats.ts';
import type { Found, Said } from './chats.ts';
import { isCrossSite } from './headers.ts';
import { printHtml } from './html.ts';
import { renderBlankPage } from './pages/chat-page.ts';
import { FormSchema, LeaveFormSchema } from './requests.ts';
import type { ChatForm } from './requests.ts';
import type { PageContent, WebchatParts } from './router.ts';
import { fillText } from './shared/texts.ts';
import { MAX_TEXT_UTF16 } from './shared/wire.ts';
import { waitFor, watchConversation } from './watch.ts';
import type { Visible } from './visible.ts';

/** Far above one message, so that a text that is too long comes back to be split instead of being lost. */
const MAX_BODY = '1mb';

interface Answer {
  status: number;
  page: PageContent;
  retryAfterMs?: number;
}

export function createFormRouter(parts: WebchatParts): Router {
  const router = Router();
  router.use(express.urlencoded({ extended: false, limit: MAX_BODY, parameterLimit: 20 }));

  router.post('/', async (request, response) => {
    const form = FormSchema.safeParse(request.body);
    const crossSite = isCrossSite(request.get('sec-fetch-site'));
    if (!form.success || crossSite) {
      sendTrouble(parts, response, crossSite ? 403 : 400, readDraft(request.body));
      return;
    }
    try {
      const answer = await answerForm(parts, form.data, request, response);
      if (answer.retryAfterMs !== undefined)
        response.set('retry-after', String(Math.ceil(answer.retryAfterMs / 1000)));
      parts.sendPage(response, answer.status, answer.page);
    } catch (error) {
      parts.reportFault(error);
      const { language, token, text, ref, after } = form.data;
      const notice = { kind: 'alert', text: parts.strings(language).trouble } as const;
      parts.sendPage(response, isAway(error) ? 503 : 500, {
        language,
        token,
        ref,
        after,
        begun: after > 0,
        draft: text,
        notice,
      });
    }
  });

  // an empty page that goes on to the neutral site: the entry in the history becomes that site
  router.post('/end', async (request, response) => {
    const form = LeaveFormSchema.safeParse(request.body);
    if (form.success && !isCrossSite(request.get('sec-fetch-site'))) {
      await parts.chats.end(form.data.token).catch(parts.reportFault);
    }
    response.set('refresh', `0; url=${parts.exitUrl}`);
    response.status(200).type('html').send(printHtml(renderBlankPage()));
  });

  const answerFault: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
    const status = readBodyFaultStatus(error);
    if (status === null) parts.reportFault(error);
    const strings = parts.strings('vi');
    const text = status === 413 ? strings.tooLarge : strings.trouble;
    parts.sendPage(response, status ?? 500, { language: 'vi', notice: { kind: 'alert', text } });
  };
  router.use(answerFault);
  return router;
}

async function answerForm(
  parts: WebchatParts,
  form: ChatForm,
  request: Request,
  response: Response,
): Promise<Answer> {
  const { chats, limits } = parts;
  const language = form.to ?? form.language;
  const strings = parts.strings(language);
  const same = { language, token: form.token, ref: form.ref, draft: form.text };
  const found = await chats.find(form.token);
  const said = readSaid(form) ?? (await readLanguageWish(parts, form, found));

  const gone = explainEnd(found);
  if (found.kind !== 'open' && gone !== null && (gone === 'ended' || form.after > 0)) {
    return {
      status: 200,
      page: { language, draft: form.text, notice: { kind: 'status', text: strings[gone] } },
    };
  }

  const show = async (status: number, alert: string, retryAfterMs?: number): Promise<Answer> => {
    const visible = found.kind === 'open' ? await chats.read(found.conversationId, 0) : null;
    const page = {
      ...same,
      ...toPage(visible),
      begun: visible !== null,
      notice: { kind: 'alert', text: alert } as const,
    };
    return retryAfterMs === undefined ? { status, page } : { status, page, retryAfterMs };
  };
  if (said?.kind === 'text' && said.text.trim() === '') return show(400, strings.empty);
  if (said?.kind === 'text' && said.text.length > MAX_TEXT_UTF16) {
    const count = said.text.length.toLocaleString(language);
    return show(400, fillText(strings.tooLong, { count, max: MAX_TEXT_UTF16.toLocaleString(language) }));
  }

  // a text that was taken leaves the box; one beside a tapped choice stays
  const draft = said?.kind === 'text' ? '' : form.text;
  if (found.kind === 'open') {
    if (said === null)
      return {
        status: 200,
        page: { ...same, ...toPage(await chats.read(found.conversationId, 0)), begun: true },
      };
    const pace = await limits.mayWrite(nameChat(form.token));
    if (pace.kind === 'wait') return show(429, strings.tooFastForm, pace.waitMs);
    const isNew = await chats.accept(form.token, form.messageId, language, said);
    return showAnswer(parts, found.conversationId, isNew, { ...same, draft }, form.after, response);
  }

  if (said === null && form.act !== 'start') return { status: 200, page: same };
  const pace = await limits.mayStart(request.ip);
  if (pace.kind === 'wait') return show(429, strings.slowedForm, pace.waitMs);
  const message = said === null ? null : { clientMessageId: form.messageId, said };
  const { conversationId } = await chats.begin(form.token, {
    language,
    ref: form.ref === '' ? null : form.ref,
    message,
  });
  return showAnswer(parts, conversationId, true, { ...same, draft }, 0, response);
}

/** Waits until the turn has been taken and all its answers let through, or time is up; then shows everything. */
async function showAnswer(
  parts: WebchatParts,
  conversationId: string,
  isNew: boolean,
  page: PageContent,
  after: number,
  response: Response,
): Promise<Answer> {
  const abort = new AbortController();
  response.on('close', () => abort.abort());
  const watch = await watchConversation(parts.live, conversationId, abort.signal);
  const look = async (): Promise<Visible | null> => {
    const visible = await parts.chats.read(conversationId, 0);
    return visible.settled && visible.after > after ? visible : null;
  };
  try {
    const limitMs = isNew ? parts.timing.formWaitMs : 0;
    const found = await waitFor(watch, look, limitMs, () => parts.clock.now().getTime());
    const visible = found ?? (await parts.chats.read(conversationId, 0));
    const notice =
      found === null && isNew
        ? { kind: 'status' as const, text: parts.strings(page.language).received }
        : null;
    return { status: 200, page: { ...page, ...toPage(visible), begun: true, notice } };
  } finally {
    watch.stop();
  }
}

function readSaid(form: ChatForm): Said | null {
  if (form.choice !== undefined) return { kind: 'choice', id: form.choice };
  if (form.to !== undefined || form.act === 'start' || form.act === 'refresh') return null;
  return { kind: 'text', text: form.text };
}

/** A new language before anything was said: the bot begins again in it. Later it learns from what is written. */
async function readLanguageWish(parts: WebchatParts, form: ChatForm, found: Found): Promise<Said | null> {
  const id = form.to === undefined ? null : parts.languageChoice(form.to);
  if (id === null || found.kind !== 'open') return null;
  const { messages } = await parts.chats.read(found.conversationId, 0);
  return messages.some((message) => message.author === 'person') ? null : { kind: 'choice', id };
}

function toPage(visible: Visible | null): Pick<PageContent, 'messages' | 'after'> {
  return { messages: visible?.messages ?? [], after: visible?.after ?? 0 };
}

/** Whatever is wrong with the rest: what was typed comes back. */
function readDraft(body: unknown): string {
  return z.object({ text: z.string() }).safeParse(body).data?.text ?? '';
}

function sendTrouble(parts: WebchatParts, response: Response, status: number, draft: string): void {
  parts.sendPage(response, status, {
    language: 'vi',
    draft,
    notice: { kind: 'alert', text: parts.strings('vi').trouble },
  });
}
