/** The first-run tour: five short steps above the desk. It covers nothing and holds nobody: somebody in danger may be waiting. */
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Tour as TourData } from '../../../api/talk-contract.ts';
import { callApi } from '../app/api.ts';
import { KEYS } from '../hooks/queries.ts';
import './tour.css';

const STEPS = 5;

export function TourSteps() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [step, setStep] = useState(1);
  const finish = (): void => {
    client.setQueryData<TourData>(KEYS.tour, { done: true });
    // asked once more the next time when this does not arrive; nothing else hangs on it
    callApi('POST', '/me/tour', { done: true }).catch(() => undefined);
  };
  return (
    <section className="tour" aria-label={t('tour.title', { n: step, all: STEPS })}>
      <div role="status">
        <p className="tour-title">{t('tour.title', { n: step, all: STEPS })}</p>
        <p>{t(`tour.step${String(step)}`)}</p>
      </div>
      <div className="tour-actions">
        {step < STEPS && (
          <Button size="sm" variant="subtle" onClick={finish}>
            {t('tour.skip')}
          </Button>
        )}
        {step > 1 && (
          <Button size="sm" variant="default" onClick={() => setStep(step - 1)}>
            {t('tour.back')}
          </Button>
        )}
        <Button size="sm" onClick={() => (step < STEPS ? setStep(step + 1) : finish())}>
          {t(step < STEPS ? 'tour.next' : 'tour.done')}
        </Button>
      </div>
    </section>
  );
}
