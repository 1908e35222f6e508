/** Something that cannot be undone: what follows from it, and one button that says what it does. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Dialog } from './dialog.tsx';

interface Props {
  title: string;
  help: string;
  isSending: boolean;
  onClose: () => void;
  onConfirm: () => void;
}

export function ConfirmDialog({ title, help, isSending, onClose, onConfirm }: Props) {
  const { t } = useTranslation();
  return (
    <Dialog opened onClose={onClose} title={title}>
      <p>{help}</p>
      <div className="dialog-actions">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('outcome.cancel')}
        </Button>
        <Button color="red" loading={isSending} onClick={onConfirm}>
          {title}
        </Button>
      </div>
    </Dialog>
  );
}
