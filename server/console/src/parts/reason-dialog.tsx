/** Something weighty: why? The reason stays where colleagues and supervisors read it. */
import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from './dialog.tsx';

interface Props {
  title: string;
  help: string;
  onClose: () => void;
  onReason: (reason: string) => void;
}

export function ReasonDialog({ title, help, onClose, onReason }: Props) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  return (
    <Dialog opened onClose={onClose} title={title}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim().length >= 3) onReason(reason);
        }}
      >
        <p>{help}</p>
        <Textarea
          label={t('cases.reason')}
          maxLength={300}
          autoComplete="off"
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
        />
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            {t('outcome.cancel')}
          </Button>
          <Button type="submit" disabled={reason.trim().length < 3}>
            {title}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
