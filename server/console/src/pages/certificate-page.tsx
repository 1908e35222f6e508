/** The certificate of the course, to print: a name that stays on this page, how many modules, the day of the newest one. */
import { Button, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCourse } from '../hooks/course.ts';
import { useMe } from '../hooks/queries.ts';
import { useTitle } from '../hooks/title.ts';
import { formatDay } from '../parts/course-day.ts';
import { EmptyState } from '../parts/empty-state.tsx';
import '../course.css';

export function CertificatePage() {
  const { t, i18n } = useTranslation();
  const { data: me } = useMe();
  const { data } = useCourse();
  const [typed, setTyped] = useState<string | null>(null);
  useTitle(t('course.certificate.title'));
  const name = typed ?? me?.displayName ?? '';
  const modules = data?.modules ?? [];
  const finished = modules.filter(({ finishedOn }) => finishedOn !== null);
  const newest = finished
    .map(({ finishedOn }) => finishedOn ?? '')
    .sort()
    .at(-1);
  return (
    <div className="page">
      <h1 tabIndex={-1} className="no-print">
        {t('course.certificate.title')}
      </h1>
      <p className="no-print">
        <Link to="/course" className="link">
          {t('course.leave')}
        </Link>
      </p>
      {data !== undefined && newest === undefined && (
        <EmptyState title={t('course.certificate.none')} help={t('course.certificate.noneHelp')} />
      )}
      {newest !== undefined && (
        <>
          <div className="no-print course-own">
            <TextInput
              label={t('course.certificate.name')}
              description={t('course.certificate.nameHelp')}
              value={name}
              maxLength={80}
              autoComplete="off"
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
            <Button onClick={() => window.print()} disabled={name.trim() === ''}>
              {t('course.certificate.print')}
            </Button>
          </div>
          <article className="certificate" aria-label={t('course.certificate.title')}>
            <p className="muted">{t('course.certificate.by')}</p>
            <h2>{t('course.certificate.head')}</h2>
            <p className="certificate-name">{name}</p>
            <p>{t('course.certificate.body', { n: finished.length, of: modules.length })}</p>
            <h3>{t('course.certificate.list')}</h3>
            <ul>
              {finished.map(({ id, title }) => (
                <li key={id}>{title}</li>
              ))}
            </ul>
            <p>{t('course.certificate.date', { day: formatDay(newest, i18n.language) })}</p>
            <p className="muted small">{t('course.certificate.note')}</p>
          </article>
        </>
      )}
    </div>
  );
}
