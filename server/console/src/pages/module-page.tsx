/** One module of the course, played by the engine: what is told, what one answers, and at the end where it comes from. */
import { Alert, Button, TextInput } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { StaffCourse } from '../../../api/course-contract.ts';
import { TABLE, useCourse, usePlaying, type Playing } from '../hooks/course.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { useTitle } from '../hooks/title.ts';
import '../course.css';
import { formatDay } from '../parts/course-day.ts';

export function ModulePage() {
  const { module = '' } = useParams({ strict: false });
  // another module is another page: nothing of the first stays
  return <Player key={module} module={module} />;
}

function Player({ module }: { module: string }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { data } = useCourse();
  const playing = usePlaying(module);
  const { screens, finished, strayed, error, busy } = playing;
  const known = data?.modules.find(({ id }) => id === module);
  const title = module === TABLE ? t('course.tableTitle') : (known?.title ?? t('course.title'));
  useTitle(title);
  const newest = useRef<HTMLLIElement>(null);
  useEffect(() => {
    // the first screen stays where the page begins
    if (screens.length > 1) newest.current?.focus();
  }, [screens]);
  return (
    <div className="page">
      <h1 tabIndex={-1}>{title}</h1>
      <p>
        <Link to="/course" className="link">
          {t('course.leave')}
        </Link>
      </p>
      <ol className="course-log" aria-label={t('course.log')}>
        {screens.map(({ answer, said }, index) => (
          <li key={index} ref={index === screens.length - 1 ? newest : null} tabIndex={-1}>
            {answer !== null && (
              <p className="course-mine">
                <span className="sr-only">{t('course.you')}: </span>
                {answer.label}
              </p>
            )}
            {said.map(({ text }, at) => (
              <p key={at} className="course-said">
                {text}
              </p>
            ))}
          </li>
        ))}
      </ol>
      <p role="status" className="course-strayed">
        {strayed ? t('course.strayed') : ''}
      </p>
      {error !== null && (
        <Alert color="red" role="alert">
          {errorText(error)}
        </Alert>
      )}
      {!finished && <Answers playing={playing} isTable={module === TABLE} />}
      {finished && !busy && data !== undefined && known !== undefined && (
        <Finished module={known} modules={data.modules} />
      )}
      <p className="course-steps">
        {screens.length > 1 && !finished && (
          <Button variant="subtle" onClick={playing.back} disabled={busy}>
            {t('course.back')}
          </Button>
        )}
        {screens.length > 1 && (
          <Button variant="subtle" onClick={playing.restart} disabled={busy}>
            {t('course.restart')}
          </Button>
        )}
      </p>
      {module === TABLE && data !== undefined && <Provinces provinces={data.provinces} />}
    </div>
  );
}

function Answers({ playing, isTable }: { playing: Playing; isTable: boolean }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const { screens, takesText, busy } = playing;
  const choices = screens.at(-1)?.said.findLast((one) => one.choices.length > 0)?.choices ?? [];
  return (
    <>
      <ul className="course-choices">
        {choices.map(({ id, label }) => (
          <li key={id}>
            <Button
              variant="default"
              fullWidth
              disabled={busy}
              onClick={() => playing.answer(label, { tap: id })}
            >
              {label}
            </Button>
          </li>
        ))}
      </ul>
      {takesText && (
        <form
          className="course-own"
          onSubmit={(event) => {
            event.preventDefault();
            const words = text.trim();
            if (words === '' || busy) return;
            playing.answer(words, { text: words });
            setText('');
          }}
        >
          <TextInput
            label={t(isTable ? 'course.ownProvince' : 'course.own')}
            value={text}
            maxLength={160}
            autoComplete="off"
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button type="submit" disabled={busy}>
            {t('course.send')}
          </Button>
        </form>
      )}
    </>
  );
}

type Module = StaffCourse['modules'][number];

function Finished({ module, modules }: { module: Module; modules: readonly Module[] }) {
  const { t, i18n } = useTranslation();
  const next = modules[modules.findIndex(({ id }) => id === module.id) + 1];
  return (
    <section aria-labelledby="finished">
      <h2 id="finished">{t('course.finished')}</h2>
      <p className="course-steps">
        {next !== undefined && (
          <Link to="/course/$module" params={{ module: next.id }} className="link">
            {t('course.next')}: {next.title}
          </Link>
        )}
        <Link to="/course/certificate" className="link">
          {t('course.toCertificate')}
        </Link>
      </p>
      <h3>{t('course.sources')}</h3>
      {module.sources.length === 0 ? (
        <p>{t('course.noSources')}</p>
      ) : (
        <ul className="course-sources">
          {module.sources.map(({ id, text, source, checked, isHeld }) => (
            <li key={id}>
              <b>{text}</b>
              {isHeld && <> ({t('course.held')})</>}
              <br />
              <span className="muted small">
                {t('course.source')}: {source} · {t('course.checked')} {formatDay(checked, i18n.language)} ·{' '}
                <code>{id}</code>
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Provinces({ provinces }: { provinces: StaffCourse['provinces'] }) {
  const { t } = useTranslation();
  return (
    <section aria-labelledby="provinces">
      <h2 id="provinces">{t('course.provinces')}</h2>
      <table className="course-table">
        <thead>
          <tr>
            <th scope="col">{t('course.provinceNow')}</th>
            <th scope="col">{t('course.provinceFormerly')}</th>
          </tr>
        </thead>
        <tbody>
          {provinces.map(({ now, formerly }) => (
            <tr key={now}>
              <th scope="row">{now}</th>
              <td>{[now, ...formerly.filter((name) => name !== now)].join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
