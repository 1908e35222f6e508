/**
 * `/declaration`: what a declaration after coming back asks for, with room to write under each point, for the printer. What is
 * typed stays in the page: there is no form, its policy lets it talk to nobody, and leaving empties it (page/draft.ts).
 * Its title says nothing, because it may stand in a history or on a screen that others see.
 */
import { WEBCHAT_CSP } from '../headers.ts';
import { markup } from '../html.ts';
import type { Html } from '../html.ts';
import type { PageLanguage } from '../shared/wire.ts';

/** In the order of flows/declaration-form.yaml; the first line of each text is its title. */
export const DRAFT_POINTS = [
  ...(['name', 'home', 'papers', 'family', 'leaving', 'there', 'people', 'return', 'wishes'] as const),
] as const;

export interface DraftTexts {
  /** of the form in use, or what to ask while nobody can say */
  formName: string;
  /** of the messages `declaration-form.<point>` */
  point: (point: (typeof DRAFT_POINTS)[number] | 'sign') => string;
}

export interface DraftPage {
  language: PageLanguage;
  texts: DraftTexts;
  files: { script: string; style: string } | null;
  exitUrl: string;
}

/** Nothing may be sent from here, not even to us. */
export const DRAFT_CSP = WEBCHAT_CSP.replace("connect-src 'self'", "connect-src 'none'").replace(
  "form-action 'self'",
  "form-action 'none'",
);

const STRINGS = {
  vi: {
    title: 'Bản nháp',
    exit: 'Thoát nhanh',
    other: 'English',
    intro:
      'Những điều một tờ khai khi trở về thường hỏi, để bạn chuẩn bị trước rồi in ra mang theo. Bạn hỏi cán bộ xem mục nào được bỏ trống. Đây là bản nháp của riêng bạn, không phải mẫu để nộp.',
    form: (name: string) => `Tên mẫu đang dùng: ${name}.`,
    kept: 'Điều bạn viết chỉ nằm trên màn hình này. Trang không lưu và không gửi đi đâu; rời trang hoặc tải lại là mất. Máy in dùng chung có thể giữ bản in: hãy in ở nơi bạn tin.',
    write: 'Viết ở đây',
    print: 'In',
    clear: 'Xóa hết',
    noScript: 'Trình duyệt này không viết được ở đây. Bạn in trang này ra rồi viết tay.',
  },
  en: {
    title: 'Draft',
    exit: 'Leave quickly',
    other: 'Tiếng Việt',
    intro:
      'What a declaration after coming back usually asks for, so that you can prepare and take it along on paper. Ask the officer which points may stay empty. This is your own draft, not the form to hand in.',
    form: (name: string) => `Name of the form in use: ${name}.`,
    kept: 'What you write is on this screen only. The page keeps nothing and sends nothing; leaving or reloading loses it. A shared printer may keep what it printed: print where you trust the place.',
    write: 'Write here',
    print: 'Print',
    clear: 'Empty everything',
    noScript: 'This browser cannot be written in here. Print the page and write by hand.',
  },
} as const;

export function renderDraftPage({ language, texts, files, exitUrl }: DraftPage): Html {
  const strings = STRINGS[language];
  const other = language === 'vi' ? 'en' : 'vi';
  const sign = split(texts.point('sign'));
  return markup`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="format-detection" content="telephone=no" />
        <title>${strings.title}</title>
        <link rel="icon" href="data:," />
        ${files === null ? null : markup`<link rel="stylesheet" href="${files.style}" /><script type="module" src="${files.script}"></script>`}
      </head>
      <body data-exit="${exitUrl}">
        <header>
          <button id="exit" type="button" hidden>${strings.exit}</button>
          <a href="?lang=${other}" lang="${other}">${strings.other}</a>
        </header>
        <main>
          <h1>${strings.title}</h1>
          <p>${strings.intro}</p>
          <p>${strings.form(texts.formName)}</p>
          <p class="kept screen-only">${strings.kept}</p>
          <noscript><p class="kept">${strings.noScript}</p></noscript>
          ${DRAFT_POINTS.map((point, index) => {
            const { title, help } = split(texts.point(point));
            return markup`<section>
              <h2 id="title-${point}">${index + 1}. ${title}</h2>
              <p id="help-${point}">${help}</p>
              <div
                class="box"
                role="textbox"
                aria-multiline="true"
                aria-labelledby="title-${point}"
                aria-describedby="help-${point}"
                tabindex="0"
                spellcheck="false"
                autocorrect="off"
                autocapitalize="off"
                translate="no"
                data-hint="${strings.write}"
              ></div>
            </section>`;
          })}
          <section>
            <h2>${sign.title}</h2>
            <p>${sign.help}</p>
          </section>
          <p class="actions screen-only">
            <button id="print" type="button" hidden>${strings.print}</button>
            <button id="clear" type="button" hidden>${strings.clear}</button>
          </p>
        </main>
      </body>
    </html>`;
}

function split(text: string): { title: string; help: string } {
  const [title = '', ...rest] = text.split('\n');
  return { title, help: rest.join(' ').trim() };
}
