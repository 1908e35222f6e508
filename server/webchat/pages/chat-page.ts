/** The one page people write from; complete without JavaScript, and the frame that the script takes over when it runs. */
import { markup } from '../html.ts';
import type { Html } from '../html.ts';
import { renderNumbers } from '../numbers.ts';
import type { HelpNumber } from '../numbers.ts';
import { splitLinks } from '../shared/links.ts';
import { PAGE_LANGUAGES } from '../shared/wire.ts';
import type { PageLanguage, PageMessage } from '../shared/wire.ts';
import type { WebchatStrings } from '../shared/texts.ts';

export interface ChatPage {
  language: PageLanguage;
  strings: (language: PageLanguage) => WebchatStrings;
  languageChoice: (language: PageLanguage) => string | null;
  numbers: (language: PageLanguage) => readonly HelpNumber[];
  /** addresses of the built files; null = not built, the page works by its form alone */
  files: { script: string; style: string } | null;
  exitUrl: string;
  token: string;
  /** id of the next message sent by the form */
  messageId: string;
  ref: string;
  /** true: the chat exists on the server */
  begun: boolean;
  messages: readonly PageMessage[];
  /** cursor after `messages` */
  after: number;
  /** what was typed and not taken */
  draft: string;
  notice: { kind: 'status' | 'alert'; text: string } | null;
}

/** A drawn speech bubble: neutral, and no request for an icon file. */
const ICON =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#1d5c58" d="M6 5h20a3 3 0 0 1 3 3v12a3 3 0 0 1-3 3H15l-7 5v-5H6a3 3 0 0 1-3-3V8a3 3 0 0 1 3-3z"/></svg>',
  );

export function renderChatPage(page: ChatPage): Html {
  const strings = page.strings(page.language);
  const other = page.language === 'vi' ? 'en' : 'vi';
  return markup`<!doctype html>
    <html lang="${page.language}">
      <head>
        <meta charset="utf-8" />
        <meta
          name="viewport"
          content="width=device-width, initial-scale=1, interactive-widget=resizes-content"
        />
        <meta name="color-scheme" content="light dark" />
        <meta name="format-detection" content="telephone=no" />
        <title>${strings.title}</title>
        <link rel="icon" href="${ICON}" />
        ${page.files === null ? null : markup`<link rel="stylesheet" href="${page.files.style}" />`}
        ${page.files === null ? null : markup`<script type="module" src="${page.files.script}"></script>`}
      </head>
      <body
        data-texts="${JSON.stringify({ vi: page.strings('vi'), en: page.strings('en') })}"
        data-exit="${page.exitUrl}"
        data-choose-vi="${page.languageChoice('vi')}"
        data-choose-en="${page.languageChoice('en')}"
        ${page.begun ? markup`data-begun="yes"` : null}
      >
        <header>
          <form method="post" action="/chat/end">
            <input type="hidden" name="token" value="${page.token}" />
            <button id="exit" data-t="exit">${strings.exit}</button>
          </form>
          <h1 data-t="title">${strings.title}</h1>
          <button id="language" form="chat" name="to" value="${other}" lang="${other}">${strings.otherLanguage}</button>
        </header>
        ${PAGE_LANGUAGES.map((language) =>
          renderNumbers(language, language === page.language, page.numbers(language), page.strings(language)),
        )}
        <main>
          <form id="chat" method="post" action="/chat" autocomplete="off">
            <input type="hidden" name="token" value="${page.token}" />
            <input type="hidden" name="messageId" value="${page.messageId}" />
            <input type="hidden" name="language" value="${page.language}" />
            <input type="hidden" name="ref" value="${page.ref}" />
            <input type="hidden" name="after" value="${page.after}" />
            <div id="scroll" tabindex="0" role="group" aria-label="${strings.logLabel}" data-l="logLabel">
              <p class="note" data-t="intro">${strings.intro}</p>
              <p class="note keys" id="exit-hint" data-t="exitHint">${strings.exitHint}</p>
              <div id="log" role="log" aria-live="polite" aria-label="${strings.logLabel}" data-l="logLabel">
                ${page.messages.map((message, index) =>
                  renderMessage(message, page.messages[index - 1]?.author === message.author, strings),
                )}
              </div>
              <div id="choices" role="group" aria-label="${strings.choicesLabel}" data-l="choicesLabel">${lastChoices(
                page.messages,
              ).map(
                (choice) => markup`<button name="choice" value="${choice.id}">${choice.label}</button>`,
              )}</div>
              <div class="plain">
                <button name="act" value="${page.begun ? 'refresh' : 'start'}">${page.begun ? strings.refresh : strings.start}</button>
              </div>
            </div>
            <button type="button" id="newer" data-t="newBelow" hidden>${strings.newBelow}</button>
            <p id="status" role="status">${page.notice?.kind === 'status' ? page.notice.text : null}</p>
            <p id="alert" role="alert">${page.notice?.kind === 'alert' ? page.notice.text : null}</p>
            <div class="write">
              <textarea
                id="text"
                name="text"
                rows="1"
                aria-label="${strings.writeLabel}"
                data-l="writeLabel"
                placeholder="${strings.writeLabel}"
                autocomplete="off"
                autocorrect="off"
                autocapitalize="sentences"
                spellcheck="false"
                data-gramm="false"
                enterkeyhint="send"
              >
${page.draft}</textarea>
              <button id="send" data-t="send">${strings.send}</button>
            </div>
          </form>
        </main>
      </body>
    </html>`;
}

/** What is shown after leaving without JavaScript: nothing. The `Refresh` header goes on to the neutral site. */
export function renderBlankPage(): Html {
  return markup`<!doctype html><html lang="vi"><head><meta charset="utf-8"><title></title></head><body></body></html>`;
}

function renderMessage(message: PageMessage, follows: boolean, strings: WebchatStrings): Html {
  const author = message.author === 'person' ? 'you' : message.author;
  const said =
    message.author === 'person' ? markup`${message.text}` : splitLinks(message.text).map(renderPart);
  // no blanks around the text: the style keeps them
  return markup`<div class="m ${author}${follows ? ' follows' : ''}"><span class="who">${strings[author]}</span><p class="said">${said}</p>${renderAudio(message.audio)}</div>`;
}

/** Heard only when the person wants it: somebody may be near. */
function renderAudio(address: string | undefined): Html | null {
  return address === undefined ? null : markup`<audio controls preload="none" src="${address}"></audio>`;
}

function renderPart(part: ReturnType<typeof splitLinks>[number]): Html {
  if (part.kind === 'tel') return markup`<a href="tel:${part.dial}">${part.text}</a>`;
  if (part.kind === 'web')
    return markup`<a href="${part.url}" target="_blank" rel="noopener noreferrer">${part.text}</a>`;
  return markup`${part.text}`;
}

/** Only the newest message can still be answered by a tap. */
function lastChoices(messages: readonly PageMessage[]): PageMessage['choices'] {
  return messages.findLast((message) => message.author !== 'system')?.choices ?? [];
}
