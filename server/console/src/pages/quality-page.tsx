/** Review of closed conversations: supervisors draw a sample and fill in the list, counsellors read what was seen in their work. */
import { Alert, Button, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Quality, QualityRow } from '../../../api/quality-contract.ts';
import { callApi } from '../app/api.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { useMe } from '../hooks/queries.ts';
import { formatDay } from '../hooks/time.ts';
import { useTitle } from '../hooks/title.ts';
import { QualityDialog } from '../parts/quality-dialog.tsx';
import { RiskMark } from '../parts/risk.tsx';
import { ShiftNav } from '../parts/shift-nav.tsx';
import '../shift.css';

const QUALITY = ['quality'];

export function QualityPage() {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { data: me } = useMe();
  const { data, error } = useQuery({
    queryKey: QUALITY,
    queryFn: () => callApi<Quality>('GET', '/quality'),
  });
  const [opened, setOpened] = useState<QualityRow | null>(null);
  const client = useQueryClient();
  useTitle(t('quality.title'));
  const supervises = me?.permissions.includes('supervise') === true;
  return (
    <div className="page quality">
      <ShiftNav />
      <h1 tabIndex={-1}>{t('quality.title')}</h1>
      <p>{t(supervises ? 'quality.help' : 'quality.helpOwn')}</p>
      {error !== null && (
        <Alert color="red" role="alert">
          {errorText(error)}
        </Alert>
      )}
      {data !== undefined && supervises && <Draw key={data.lastWeek} lastWeek={data.lastWeek} />}
      {data !== undefined && (
        <section aria-labelledby="reviews">
          <h2 id="reviews">{t(supervises ? 'quality.reviews' : 'quality.own')}</h2>
          {data.reviews.length === 0 && <p className="muted">{t('quality.none')}</p>}
          <ul className="cards">
            {data.reviews.map((row) => (
              <li key={row.id}>
                <One row={row} showsName={supervises} onOpen={() => setOpened(row)} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {opened !== null && data !== undefined && (
        <QualityDialog
          row={opened}
          items={data.items}
          onClose={() => {
            setOpened(null);
            void client.invalidateQueries({ queryKey: QUALITY });
          }}
        />
      )}
    </div>
  );
}

function One({ row, showsName, onOpen }: { row: QualityRow; showsName: boolean; onOpen: () => void }) {
  const { t, i18n } = useTranslation();
  const state = row.reviewedAt === null ? 'waiting' : row.seenAt === null ? 'unread' : 'read';
  const label = row.reviewedAt === null && row.mayReview ? 'quality.fill' : 'quality.open';
  return (
    <>
      <span>
        <Link to="/c/$conversationId" params={{ conversationId: row.conversationId }}>
          {row.code}
        </Link>{' '}
        <RiskMark risk={row.risk} />
        <br />
        <span className="muted small">
          {showsName && `${row.counsellor.displayName} · `}
          {t('quality.week', { day: formatDay(`${row.week}T05:00:00Z`, i18n.language) })} ·{' '}
          {t(`quality.state.${state}`)}
        </span>
      </span>
      {(row.mayReview || row.reviewedAt !== null) && (
        <Button variant="default" size="sm" aria-label={`${t(label)}: ${row.code}`} onClick={onOpen}>
          {t(label)}
        </Button>
      )}
    </>
  );
}

function Draw({ lastWeek }: { lastWeek: string }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const client = useQueryClient();
  const [week, setWeek] = useState(lastWeek);
  const [count, setCount] = useState('2');
  const draw = useMutation({
    // the week itself is the seed: nobody chooses which conversations come
    mutationFn: () =>
      callApi<{ drawn: number }>('POST', '/quality/sample', {
        week,
        perCounsellor: Number(count),
        seed: week,
      }),
    onSettled: () => client.invalidateQueries({ queryKey: QUALITY }),
  });
  return (
    <section aria-labelledby="draw">
      <h2 id="draw">{t('quality.draw')}</h2>
      <form
        className="pair reassign"
        onSubmit={(event) => {
          event.preventDefault();
          if (week !== '' && Number(count) >= 1) draw.mutate();
        }}
      >
        <TextInput
          type="date"
          label={t('quality.monday')}
          step={7}
          value={week}
          onChange={(event) => setWeek(event.currentTarget.value)}
        />
        <TextInput
          type="number"
          label={t('quality.perCounsellor')}
          min={1}
          max={10}
          value={count}
          onChange={(event) => setCount(event.currentTarget.value)}
        />
        <Button type="submit" loading={draw.isPending}>
          {t('quality.drawDo')}
        </Button>
      </form>
      <div role="status">{draw.data !== undefined && t('quality.drawn', { n: draw.data.drawn })}</div>
      {draw.isError && (
        <Alert color="red" role="alert">
          {errorText(draw.error)}
        </Alert>
      )}
    </section>
  );
}
