/** What is on the screen: messages, choices, notices. Builds elements one by one; no HTML strings anywhere. */
import { splitLinks } from '../shared/links.ts';
import type { WebchatStrings } from '../shared/texts.ts';
import type { PageLanguage, PageMessage } from '../shared/wire.ts';
import type { ItemState } from './talk.ts';

export interface View {
  /** what the person wrote, before it is sent */
  addOwn: (id: string, text: string) => void;
  setState: (id: string, state: ItemState) => void;
  addMessages: (messages: readonly PageMessage[]) => void;
  clearChoices: () => void;
  /** true: the bot has spoken, the person not yet */
  isOnlyGreeted: () => boolean;
  /** takes everything off the screen up to the person's last words; what was said after them (the goodbye) stays */
  clearLog: () => void;
  /** '' takes the notice away */
  setStatus: (text: string) => void;
  setAlert: (text: string) => void;
  setLanguage: (language: PageLanguage) => void;
  /** does something that takes room away; who was reading the newest still does */
  keepEnd: (change: () => void) => void;
}

const STATES = {
  queued: 'stateQueued',
  sending: 'stateSending',
  sent: 'stateSent',
  refused: 'stateRefused',
} as const;
/** so near to the end counts as reading the newest */
const NEAR_PX = 80;

export function createView(texts: Readonly<Record<PageLanguage, WebchatStrings>>, first: PageLanguage): View {
  const scroll = element('scroll');
  const log = element('log');
  const choices = element('choices');
  const newer = element('newer');
  const own = new Map<string, { box: HTMLElement; state: HTMLElement; now: ItemState }>();
  let language = first;
  let lastAuthor = readLastAuthor(log);
  let lastSent = '';

  newer.addEventListener('click', () => {
    toEnd();
    newer.hidden = true;
  });
  scroll.addEventListener('scroll', () => {
    if (isAtEnd()) newer.hidden = true;
  });
  toEnd();

  function isAtEnd(): boolean {
    return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_PX;
  }

  function toEnd(): void {
    scroll.scrollTop = scroll.scrollHeight;
  }

  function keepEnd(change: () => void): void {
    const wasAtEnd = isAtEnd();
    change();
    if (wasAtEnd) toEnd();
  }

  function addBox(author: 'you' | 'bot' | 'counsellor' | 'system', said: (Node | string)[]): HTMLElement {
    const box = make('div', `m ${author}${lastAuthor === author ? ' follows' : ''}`);
    const who = make('span', 'who');
    who.setAttribute('data-t', author);
    who.textContent = texts[language][author];
    const text = make('p', 'said');
    text.append(...said);
    box.append(who, text);
    log.append(box);
    lastAuthor = author;
    return box;
  }

  /** Shows new words whole: to the end, or from their start when they are longer than the screen. Never pulls a reader away. */
  function reveal(first: HTMLElement, wasAtEnd: boolean): void {
    if (!wasAtEnd) {
      newer.hidden = false;
      return;
    }
    const top = first.offsetTop - scroll.offsetTop - 8;
    scroll.scrollTop = Math.min(top, scroll.scrollHeight);
    if (scroll.scrollHeight - top <= scroll.clientHeight) toEnd();
    newer.hidden = isAtEnd();
  }

  return {
    addOwn(id, text) {
      const box = addBox('you', [text]);
      const state = make('span', 'state');
      box.append(state);
      own.set(id, { box, state, now: 'queued' });
      newer.hidden = true;
      toEnd();
    },
    setState(id, state) {
      const item = own.get(id);
      if (item === undefined) return;
      item.now = state;
      item.box.classList.toggle('waiting', state !== 'sent');
      item.state.textContent = texts[language][STATES[state]];
      if (state !== 'sent') return;
      // "sent" stands only under the newest one that is
      const before = own.get(lastSent);
      if (before !== undefined && lastSent !== id) before.state.textContent = '';
      lastSent = id;
    },
    addMessages(messages) {
      const wasAtEnd = isAtEnd();
      let top: HTMLElement | null = null;
      for (const message of messages) {
        clearChildren(choices);
        const box = addBox(
          message.author === 'person' ? 'you' : message.author,
          splitLinks(message.text).map(toNode),
        );
        if (message.audio?.startsWith('/audio/') === true) box.append(makePlayer(message.audio));
        top = top ?? box;
        for (const choice of message.choices) {
          const button = make('button', '');
          button.setAttribute('type', 'button');
          button.setAttribute('name', 'choice');
          button.setAttribute('value', choice.id);
          button.textContent = choice.label;
          choices.append(button);
        }
      }
      if (top !== null) reveal(top, wasAtEnd);
    },
    clearChoices: () => clearChildren(choices),
    isOnlyGreeted: () => log.querySelector('.bot') !== null && log.querySelector('.you') === null,
    clearLog() {
      const ownBoxes = log.querySelectorAll('.you');
      const last = ownBoxes[ownBoxes.length - 1] ?? null;
      while (last !== null && last.parentNode === log && log.firstChild !== null)
        log.removeChild(log.firstChild);
      clearChildren(choices);
      own.clear();
      lastSent = '';
    },
    setStatus: (text) => keepEnd(() => setText('status', text)),
    setAlert: (text) => keepEnd(() => setText('alert', text)),
    keepEnd,
    setLanguage(next) {
      language = next;
      document.documentElement.lang = next;
      document.title = texts[next].title;
      for (const block of document.querySelectorAll<HTMLElement>('.numbers'))
        block.hidden = block.lang !== next;
      for (const place of document.querySelectorAll<HTMLElement>('[data-t]')) {
        place.textContent = pick(texts[next], place.getAttribute('data-t'));
      }
      for (const place of document.querySelectorAll('[data-l]')) {
        const label = pick(texts[next], place.getAttribute('data-l'));
        place.setAttribute('aria-label', label);
        if (place.hasAttribute('placeholder')) place.setAttribute('placeholder', label);
      }
      for (const [id, { state, now }] of own) {
        if (now !== 'sent' || id === lastSent) state.textContent = texts[next][STATES[now]];
      }
    },
  };
}

/** @throws Error when the server's page and this script do not belong together */
export function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

function toNode(part: ReturnType<typeof splitLinks>[number]): Node | string {
  if (part.kind === 'text') return part.text;
  const link = document.createElement('a');
  link.textContent = part.text;
  link.href = part.kind === 'tel' ? `tel:${part.dial}` : part.url;
  if (part.kind === 'web') {
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
  }
  return link;
}

/** Plays only when the person starts it: somebody may be near. */
function makePlayer(address: string): HTMLElement {
  const player = make('audio', '');
  player.setAttribute('controls', '');
  player.setAttribute('preload', 'none');
  player.setAttribute('src', address);
  return player;
}

function make(name: string, className: string): HTMLElement {
  const made = document.createElement(name);
  if (className !== '') made.className = className;
  return made;
}

function clearChildren(parent: HTMLElement): void {
  while (parent.firstChild !== null) parent.removeChild(parent.firstChild);
}

function setText(id: string, text: string): void {
  const place = element(id);
  if (place.textContent !== text) place.textContent = text;
}

function pick(strings: WebchatStrings, key: string | null): string {
  for (const [name, text] of Object.entries(strings)) if (name === key) return String(text);
  return '';
}

function readLastAuthor(log: HTMLElement): string {
  return /\b(you|bot|counsellor|system)\b/.exec(log.lastElementChild?.className ?? '')?.[1] ?? '';
}
