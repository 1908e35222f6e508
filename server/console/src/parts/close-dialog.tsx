/** Ending a conversation needs an outcome. */
import { Button, Radio } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Outcome } from '../../../api/contract.ts';
import { Dialog } from './dialog.tsx';

const OUTCOMES: readonly Outcome[] = [
  'advised',
  'referred',
  'safe_by_own_word',
  'no_answer',
  'not_for_us',
  'test',
];

interface Props {
  code: string;
  opened: boolean;
  onCancel: () => void;
  onClose: (outcome: Outcome) => void;
}

export function CloseDialog({ code, opened, onCancel, onClose }: Props) {
  const { t } = useTranslation();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  return (
    <Dialog opened={opened} onClose={onCancel} title={t('outcome.title', { code })}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (outcome !== null) onClose(outcome);
        }}
      >
        <Radio.Group
          label={t('outcome.question')}
          description={t('outcome.help')}
          value={outcome}
          onChange={(value) => setOutcome(OUTCOMES.find((one) => one === value) ?? null)}
        >
          <div className="outcomes">
            {OUTCOMES.map((one) => (
              <Radio key={one} value={one} label={t(`outcome.${one}`)} />
            ))}
          </div>
        </Radio.Group>
        <div className="dialog-actions">
          <Button variant="default" onClick={onCancel}>
            {t('outcome.cancel')}
          </Button>
          <Button type="submit" disabled={outcome === null}>
            {t('outcome.confirm')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
