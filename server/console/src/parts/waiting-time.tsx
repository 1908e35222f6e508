/** How long someone has waited, ticking; silent for screen readers, which get minutes in the row's name. */
import { useTranslation } from 'react-i18next';
import { formatExact, splitWait, useNow } from '../hooks/time.ts';

export function WaitingTime({ since }: { since: string }) {
  const { t, i18n } = useTranslation();
  const waited = splitWait(useNow() - new Date(since).getTime());
  const text = waited.clock ?? t('wait.hours', { h: waited.hours, m: waited.rest });
  return (
    <time
      className="wait"
      dateTime={since}
      title={formatExact(since, i18n.language)}
      data-long={waited.minutes >= 5}
    >
      <span aria-hidden="true">{t('wait.label', { time: text })}</span>
      <span className="sr-only">{t('wait.spoken', { minutes: waited.minutes })}</span>
    </time>
  );
}
