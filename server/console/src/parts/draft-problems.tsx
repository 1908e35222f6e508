/** What the checker says of a draft, as in an editor for programs: errors stop publishing, warnings do not; a click leads there. */
import { Alert, Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Draft } from '../../../api/studio-contract.ts';
import { useCheck } from '../hooks/studio.ts';
import { FileLink } from './file-link.tsx';

export function DraftProblems({ draft }: { draft: Draft }) {
  const { t } = useTranslation();
  const check = useCheck(draft.id);
  const { state, errors, warnings, problems, millis } = draft.check;
  const isRunning = state === 'running' || check.isPending;
  const seconds = Math.max(1, Math.round((millis ?? 0) / 1000));
  return (
    <section aria-labelledby="problems">
      <div className="studio-head">
        <h2 id="problems">{t('studio.problems')}</h2>
        {state !== 'done' && (
          <Button variant="default" size="sm" loading={isRunning} onClick={() => check.mutate()}>
            {t('studio.check')}
          </Button>
        )}
      </div>
      <p role="status">
        {isRunning && t('studio.checking')}
        {!isRunning && state === 'missing' && t('studio.unchecked')}
        {!isRunning && state === 'failed' && t('studio.checkBroke')}
        {!isRunning &&
          state === 'done' &&
          (errors + warnings === 0
            ? t('studio.inOrder', { seconds })
            : t('studio.counts', { errors, warnings }))}
      </p>
      {!isRunning && state === 'done' && errors > 0 && <Alert color="red">{t('studio.errorsStop')}</Alert>}
      <ul className="studio-problems">
        {problems.map(({ severity, path, line, message, mend }, at) => (
          // the same fault can be told twice of one line
          <li key={`${path}:${String(line)}:${String(at)}`} data-severity={severity}>
            <span className="studio-mark">{t(`studio.severity.${severity}`)}</span>{' '}
            <FileLink draftId={draft.id} path={path} line={line} />
            <p lang="en">
              {message}. <span className="muted">{mend}.</span>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
