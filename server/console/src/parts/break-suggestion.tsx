/** Suggests a break, above the page: one press rests, one puts it off. It covers nothing and holds nobody. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { callApi } from '../app/api.ts';
import { useDeskChanged } from '../hooks/my-desk.ts';
import { useToasts } from '../hooks/toast.ts';
import './tour.css';

export function BreakSuggestion({ minutes, onLater }: { minutes: number; onLater: () => void }) {
  const { t } = useTranslation();
  const changed = useDeskChanged();
  const { tell, fail } = useToasts();
  const rest = useMutation({
    mutationFn: () => callApi('POST', '/desk/break', { on: true, handBack: false }),
    onSuccess: async () => {
      tell(t('wellbeing.break.started'));
      await changed();
    },
    onError: fail,
  });
  return (
    <section className="tour" aria-label={t('wellbeing.break.title')}>
      <div>
        {/* said once; the minutes beside it go on without being read out */}
        <p className="tour-title" role="status">
          {t('wellbeing.break.title')}
        </p>
        <p>{t('wellbeing.break.text', { n: minutes })}</p>
      </div>
      <div className="tour-actions">
        <Button size="sm" variant="default" onClick={onLater}>
          {t('wellbeing.break.later')}
        </Button>
        <Button size="sm" loading={rest.isPending} onClick={() => rest.mutate()}>
          {t('wellbeing.break.now')}
        </Button>
      </div>
    </section>
  );
}
