/** The keys of the desk. All need Alt or Ctrl, except `?`, which sleeps while one types and can be switched off. */
import { useEffect, useRef } from 'react';

export type DeskKey = 'next' | 'down' | 'up' | 'reply' | 'note' | 'close' | 'list';

export const KEYS: readonly { action: DeskKey; label: string; code: string; ctrl?: true }[] = [
  { action: 'next', label: 'Alt+N', code: 'KeyN' },
  { action: 'down', label: 'Alt+J', code: 'KeyJ' },
  { action: 'up', label: 'Alt+K', code: 'KeyK' },
  { action: 'reply', label: 'Alt+L', code: 'KeyL' },
  { action: 'note', label: 'Alt+P', code: 'KeyP' },
  { action: 'close', label: 'Alt+E', code: 'KeyE' },
  { action: 'list', label: 'Ctrl+/', code: 'Slash', ctrl: true },
];

/** Codes are places on the keyboard: with Alt, some systems give other letters. */
export function useDeskKeys(onKey: (action: DeskKey) => void): void {
  const latest = useRef(onKey);
  useEffect(() => {
    latest.current = onKey;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.isComposing || event.metaKey) return;
      if (event.key === '?' && isMarkKeyOn() && !isTyping(event.target)) {
        event.preventDefault();
        latest.current('list');
        return;
      }
      if (event.shiftKey) return;
      const hit = KEYS.find((one) =>
        one.ctrl === true
          ? event.ctrlKey && !event.altKey && event.code === one.code
          : event.altKey && !event.ctrlKey && event.code === one.code,
      );
      if (hit === undefined) return;
      event.preventDefault();
      latest.current(hit.action);
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}

/** WCAG 2.1.4: a key without Alt or Ctrl can be switched off, for whoever speaks to the machine. */
export const MARK_KEY = 'mark-key';

function isMarkKeyOn(): boolean {
  return localStorage.getItem(MARK_KEY) !== 'false';
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}
