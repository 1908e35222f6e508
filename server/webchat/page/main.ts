/** Takes over the page the server made: joins what is seen with what is sent, and the ways to leave. */
import './style.css';
import { fillText } from '../shared/texts.ts';
import type { WebchatStrings } from '../shared/texts.ts';
import { MAX_TEXT_UTF16 } from '../shared/wire.ts';
import type { PageLanguage } from '../shared/wire.ts';
import { createExit, listenForExitKeys } from './exit.ts';
import { createTalk } from './talk.ts';
import type { LinkState } from './answers.ts';
import type { Saying } from './talk.ts';
import { createView, element } from './view.ts';

const NOTICES = {
  ok: null,
  offline: 'offline',
  unreachable: 'unreachable',
  slowed: 'slowed',
  fast: 'tooFast',
} as const;

function takeOver(): void {
  const body = document.body;
  const texts = readTexts(body.getAttribute('data-texts') ?? '');
  const box = findTextBox();
  let language: PageLanguage = document.documentElement.lang === 'en' ? 'en' : 'vi';
  const hidden = (name: string): string =>
    document.querySelector<HTMLInputElement>(`#chat [name="${name}"]`)?.value ?? '';

  const view = createView(texts, language);
  const talk = createTalk(
    {
      fetch: (path, init) => fetch(path, init),
      setTimer(run, ms) {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
      random: Math.random,
      isOnline: () => navigator.onLine,
      onMessages: view.addMessages,
      onItem(id, state) {
        view.setState(id, state);
        if (state === 'refused') view.setAlert(texts[language].refused);
      },
      onLink: showLink,
      onEnd(reason) {
        if (reason === 'erased') view.clearLog();
        view.clearChoices();
        view.setStatus(texts[language][reason]);
      },
    },
    {
      token: hidden('token'),
      begun: body.hasAttribute('data-begun'),
      after: Number(hidden('after')),
      language,
      ref: hidden('ref') === '' ? null : hidden('ref'),
    },
  );
  const leave = createExit({ target: body.getAttribute('data-exit') ?? 'about:blank', end: talk.leave });

  function showLink(state: LinkState): void {
    const notice = NOTICES[state];
    view.setStatus(notice === null ? '' : texts[language][notice]);
  }

  function say(shown: string, saying: Saying): void {
    view.setAlert('');
    view.clearChoices();
    const id = newId();
    view.addOwn(id, shown);
    talk.say(id, saying);
  }

  function sendWritten(): void {
    const text = box.value;
    if (text.trim() === '') {
      view.setAlert(texts[language].empty);
      box.focus();
      return;
    }
    if (text.length > MAX_TEXT_UTF16) {
      const place = {
        count: text.length.toLocaleString(language),
        max: MAX_TEXT_UTF16.toLocaleString(language),
      };
      view.setAlert(fillText(texts[language].tooLong, place));
      return;
    }
    say(text, { text });
    box.value = '';
    fitBox();
  }

  function fitBox(): void {
    view.keepEnd(() => {
      box.style.height = 'auto';
      box.style.height = `${String(box.scrollHeight + 2)}px`;
    });
  }

  function switchLanguage(): void {
    const other = language;
    language = language === 'vi' ? 'en' : 'vi';
    const button = element('language');
    button.textContent = texts[language].otherLanguage;
    button.lang = other;
    view.setStatus('');
    view.setAlert('');
    view.setLanguage(language);
    talk.setLanguage(language);
    const choice = body.getAttribute(`data-choose-${language}`) ?? '';
    if (choice !== '' && view.isOnlyGreeted()) say(texts[other].otherLanguage, { choice });
  }

  document.documentElement.classList.add('js');
  element('exit').setAttribute('aria-describedby', 'exit-hint');
  element('exit').addEventListener('click', (event) => {
    event.preventDefault();
    leave();
  });
  listenForExitKeys(leave);
  element('language').addEventListener('click', (event) => {
    event.preventDefault();
    switchLanguage();
  });
  element('chat').addEventListener('submit', (event) => {
    event.preventDefault();
    sendWritten();
  });
  element('choices').addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    if (button === null) return;
    event.preventDefault();
    say(button.textContent, { choice: button.value });
    // the tapped button is gone; keep the keyboard's place without opening a phone's keyboard
    element('scroll').focus({ preventScroll: true });
  });
  box.addEventListener('keydown', (event) => {
    // Enter while a Vietnamese word is being composed belongs to the keyboard
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    sendWritten();
  });
  box.addEventListener('input', () => {
    view.setAlert('');
    fitBox();
  });
  addEventListener('online', talk.wake);
  addEventListener('offline', () => showLink('offline'));
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') talk.wake();
  });
  // the token lives in this page only: when the page goes, nobody can read on
  addEventListener('pagehide', talk.leave);
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.replace(`/?lang=${language}`);
  });
  talk.start();
}

function findTextBox(): HTMLTextAreaElement {
  const box = element('text');
  if (box instanceof HTMLTextAreaElement) return box;
  throw new Error('#text is no text box');
}

function readTexts(json: string): Readonly<Record<PageLanguage, WebchatStrings>> {
  const texts: unknown = JSON.parse(json);
  if (isTexts(texts)) return texts;
  throw new Error('the page has no texts');
}

/** Our own server wrote them; only their place is checked. */
function isTexts(value: unknown): value is Readonly<Record<PageLanguage, WebchatStrings>> {
  return typeof value === 'object' && value !== null && 'vi' in value && 'en' in value;
}

/** Works on plain http too, where crypto.randomUUID does not exist. */
function newId(): string {
  let id = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) id += byte.toString(16).padStart(2, '0');
  return id;
}

takeOver();
