/** How long is left until somebody should have come: a word, a colour and a bar that say the same. */
import { useTranslation } from 'react-i18next';
import { useNow } from '../hooks/time.ts';

interface Props {
  since: string;
  amberAt: string;
  redAt: string;
}

export function AnswerClock({ since, amberAt, redAt }: Props) {
  const { t } = useTranslation();
  const now = useNow();
  const [from, amber, red] = [since, amberAt, redAt].map((iso) => new Date(iso).getTime());
  const leftMs = (red ?? 0) - now;
  const state = leftMs <= 0 ? 'red' : now >= (amber ?? 0) ? 'amber' : 'due';
  const minutes = state === 'red' ? Math.floor(-leftMs / 60_000) : Math.ceil(leftMs / 60_000);
  const time =
    minutes < 60
      ? t('wait.minutes', { n: minutes })
      : t('wait.hours', { h: Math.floor(minutes / 60), m: minutes % 60 });
  const share = Math.min(1, Math.max(0, (now - (from ?? 0)) / ((red ?? 0) - (from ?? 0))));
  return (
    <span className="clock" data-state={state}>
      <span className="clock-bar" aria-hidden="true">
        <span style={{ width: `${String(Math.round(share * 100))}%` }} />
      </span>
      {t(`queue.${state}`, { time })}
    </span>
  );
}
