/** The keys of the desk, and the list that shows them. All need Alt or Ctrl, so that none is hit while typing. */
import { Kbd } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from './dialog.tsx';

export type DeskKey = 'next' | 'down' | 'up' | 'reply' | 'close' | 'list';

const KEYS: readonly { action: DeskKey; label: string; code: string; ctrl?: true }[] = [
  { action: 'next', label: 'Alt+N', code: 'KeyN' },
  { action: 'down', label: 'Alt+J', code: 'KeyJ' },
  { action: 'up', label: 'Alt+K', code: 'KeyK' },
  { action: 'reply', label: 'Alt+L', code: 'KeyL' },
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
      if (event.isComposing || event.shiftKey || event.metaKey) return;
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

export function ShortcutList({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog opened={opened} onClose={onClose} title={t('shortcuts.title')}>
      <dl className="shortcuts">
        {KEYS.map(({ action, label }) => (
          <div key={action}>
            <dt>
              <Kbd>{label}</Kbd>
            </dt>
            <dd>{t(`shortcuts.${action}`)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
