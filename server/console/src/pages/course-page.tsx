/** The course: its modules by group, which of them one finished, and for supervisors how many people did. */
import { Alert } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { StaffCourse } from '../../../api/course-contract.ts';
import { TABLE, useCourse, useCoursePeople } from '../hooks/course.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { useMe } from '../hooks/queries.ts';
import { useTitle } from '../hooks/title.ts';
import '../course.css';
import { formatDay } from '../parts/course-day.ts';

export function CoursePage() {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { data: me } = useMe();
  const { data, error } = useCourse();
  useTitle(t('course.title'));
  const modules = data?.modules ?? [];
  const finished = modules.filter(({ finishedOn }) => finishedOn !== null);
  const groups = [...new Set(modules.map(({ group }) => group))];
  return (
    <div className="page">
      <h1 tabIndex={-1}>{t('course.title')}</h1>
      {error !== null && (
        <Alert color="red" role="alert">
          {errorText(error)}
        </Alert>
      )}
      {data !== undefined && (
        <>
          <div className="course-intro">
            <p>{t('course.help')}</p>
            <p>
              {t('course.progress', { n: finished.length, of: modules.length })}{' '}
              <Link to="/course/certificate" className="link">
                {t('course.toCertificate')}
              </Link>
            </p>
          </div>
          {groups.map((group) => (
            <section key={group} aria-labelledby={`group-${group}`}>
              <h2 id={`group-${group}`}>{t(`course.group.${group}`)}</h2>
              <ul className="course-list">
                {modules
                  .filter((module) => module.group === group)
                  .map((module) => (
                    <li key={module.id}>
                      <Module module={module} />
                    </li>
                  ))}
              </ul>
            </section>
          ))}
          <section aria-labelledby="table">
            <h2 id="table">{t('course.tableTitle')}</h2>
            <p>{t('course.tableHelp')}</p>
            <Link to="/course/$module" params={{ module: TABLE }} className="link">
              {t('course.tableOpen')}
            </Link>
          </section>
          {me?.permissions.includes('supervise') === true && <People modules={modules} />}
        </>
      )}
    </div>
  );
}

function Module({ module }: { module: StaffCourse['modules'][number] }) {
  const { t, i18n } = useTranslation();
  const { id, title, minutes, finishedOn } = module;
  return (
    <Link to="/course/$module" params={{ module: id }} className="course-module">
      <span className="course-name">{title}</span>
      <span className="muted small">
        {t('course.minutes', { n: minutes })}
        {finishedOn !== null && <> · ✓ {t('course.doneOn', { day: formatDay(finishedOn, i18n.language) })}</>}
      </span>
    </Link>
  );
}

function People({ modules }: { modules: StaffCourse['modules'] }) {
  const { t } = useTranslation();
  const { data } = useCoursePeople(true);
  const titleOf = (id: string): string => modules.find((module) => module.id === id)?.title ?? id;
  return (
    <section aria-labelledby="people">
      <h2 id="people">{t('course.people')}</h2>
      <p className="muted">{t('course.peopleHelp')}</p>
      {data !== undefined && (
        <table className="course-table">
          <thead>
            <tr>
              <th scope="col">{t('course.module')}</th>
              <th scope="col">{t('course.count')}</th>
            </tr>
          </thead>
          <tbody>
            {data.modules.map(({ id, people }) => (
              <tr key={id}>
                <th scope="row">{titleOf(id)}</th>
                <td>{people}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
