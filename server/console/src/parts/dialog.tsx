/** A dialog: focus goes in, stays in, Esc closes, focus comes back. Without a second banner landmark or unsigned styles. */
import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  title: string;
  opened: boolean;
  onClose: () => void;
  children: ReactNode;
}

export function Dialog({ title, opened, onClose, children }: Props) {
  const { t } = useTranslation();
  return (
    // the page never scrolls as a whole; locking it would add a style element without our nonce
    <Modal.Root opened={opened} onClose={onClose} centered lockScroll={false}>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body>
          <div className="dialog-head">
            <Modal.Title>{title}</Modal.Title>
            <Modal.CloseButton aria-label={t('app.close')} />
          </div>
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
