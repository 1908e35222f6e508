/** What happened, newest first; a note is added at the top. */
import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatExact } from '../hooks/time.ts';
import type { CasePartProps } from '../pages/case-page.tsx';

export function CaseTimeline({ one, send, isSending }: CasePartProps) {
  const { t, i18n } = useTranslation();
  const [text, setText] = useState('');
  return (
    <section aria-labelledby="case-timeline">
      <h2 id="case-timeline">{t('cases.timeline')}</h2>
      {one.state === 'open' && (
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim() !== '') send({ path: 'notes', body: { text } }, () => setText(''));
          }}
        >
          <Textarea
            label={t('cases.note')}
            maxLength={2000}
            autosize
            minRows={2}
            autoComplete="off"
            value={text}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
          <div>
            <Button type="submit" variant="default" disabled={text.trim() === ''} loading={isSending}>
              {t('cases.addNote')}
            </Button>
          </div>
        </form>
      )}
      <ol className="timeline">
        {one.entries.map(({ id, at, by, kind, text: said }) => (
          <li key={id}>
            <p className="small">
              <b>{t([`cases.entry.${kind}`, 'cases.entry.other'])}</b> · {by ?? t('cases.system')} ·{' '}
              <time dateTime={at}>{formatExact(at, i18n.language)}</time>
            </p>
            {said !== null && (
              <p className="care-text" dir="auto">
                {said}
              </p>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
