/** Where one types in a box: the caret, coming back to it, and the sign that opens a list there. */
import type { KeyPress } from './send-key.ts';

/** A sign at the start or behind a space begins a code or a name. An input method in the middle of a letter types on. */
export function opensBehindSpace(
  sign: '/' | '@',
  press: KeyPress,
  { value, selectionStart }: Pick<HTMLTextAreaElement, 'value' | 'selectionStart'>,
): boolean {
  if (press.key !== sign || press.composing || press.metaKey) return false;
  // on some keyboards AltGr, which is Ctrl+Alt to the browser, writes the @
  if (press.ctrlKey !== press.altKey) return false;
  return selectionStart === 0 || /\s/.test(value.charAt(selectionStart - 1));
}

export function caretOf(box: HTMLTextAreaElement | null, text: string): { start: number; end: number } {
  return { start: box?.selectionStart ?? text.length, end: box?.selectionEnd ?? text.length };
}

export function focusAt(box: HTMLTextAreaElement | null, at: number): void {
  // behind the render that puts the text in
  requestAnimationFrame(() => {
    box?.focus();
    box?.setSelectionRange(at, at);
  });
}
