/** Which key sends, chosen per browser; composing a letter with an input method never sends. */
import { useLocalStorage } from '@mantine/hooks';
import type { KeyboardEvent } from 'react';

export type SendKey = 'enter' | 'ctrl-enter';

export function useSendKey(): [SendKey, (key: SendKey) => void] {
  const [key, setKey] = useLocalStorage<SendKey>({
    key: 'send-key',
    defaultValue: 'enter',
    getInitialValueInEffect: false,
  });
  return [key === 'ctrl-enter' ? 'ctrl-enter' : 'enter', setKey];
}

export interface KeyPress {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  /** an input method (Unikey, Telex …) is in the middle of a letter */
  composing: boolean;
}

export function shouldSend(press: KeyPress, sendKey: SendKey): boolean {
  if (press.key !== 'Enter' || press.composing || press.altKey) return false;
  if (press.ctrlKey || press.metaKey) return true;
  return sendKey === 'enter' && !press.shiftKey;
}

export function readPress(event: KeyboardEvent): KeyPress {
  const { key, shiftKey, ctrlKey, metaKey, altKey, nativeEvent } = event;
  // 229: what Safari and some input methods report instead of isComposing; nothing newer says it
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const composing = nativeEvent.isComposing || nativeEvent.keyCode === 229;
  return { key, shiftKey, ctrlKey, metaKey, altKey, composing };
}
