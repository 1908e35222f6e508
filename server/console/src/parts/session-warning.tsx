/** The session is about to end for want of activity: one press goes on. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { splitWait } from '../hooks/time.ts';
import { Dialog } from './dialog.tsx';

/** @param secondsLeft null: nothing to warn of */
export function SessionWarning({ secondsLeft, onStay }: { secondsLeft: number | null; onStay: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog opened={secondsLeft !== null} onClose={onStay} title={t('session.title')}>
      <p>{t('session.left', { time: splitWait((secondsLeft ?? 0) * 1000).clock ?? '' })}</p>
      <div className="dialog-actions">
        <Button onClick={onStay} data-autofocus>
          {t('session.stay')}
        </Button>
      </div>
    </Dialog>
  );
}
