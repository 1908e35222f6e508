/** One file of a draft as text: saved by itself, with what the checker says of it, and a colleague's words beside one's own. */
import { Alert, Button } from '@mantine/core';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useErrorText } from '../hooks/error-text.ts';
import { type FileEditing, type Saving, useFileEditing } from '../hooks/file-editing.ts';
import { useDraft } from '../hooks/studio.ts';
import { useNow } from '../hooks/time.ts';
import { useTitle } from '../hooks/title.ts';
import '../studio.css';

export function DraftFilePage() {
  const { t } = useTranslation();
  const { draftId, _splat: path = '' } = useParams({ from: '/staff/studio/drafts/$draftId/file/$' });
  const { data: draft } = useDraft(draftId);
  useTitle(path.split('/').at(-1) ?? t('studio.title'));
  return (
    <div className="page wide studio">
      <p className="studio-crumb">
        <Link to="/studio">{t('studio.title')}</Link> ›{' '}
        <Link to="/studio/drafts/$draftId" params={{ draftId }}>
          {draft?.title ?? t('studio.draft')}
        </Link>
      </p>
      <h1 tabIndex={-1} className="studio-filename">
        {path}
      </h1>
      <Editor key={path} draftId={draftId} path={path} />
    </div>
  );
}

function Editor({ draftId, path }: { draftId: string; path: string }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const editing = useFileEditing(draftId, path);
  const { file, error, text, saving } = editing;
  const field = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLPreElement>(null);
  const { line } = useSearch({ from: '/staff/studio/drafts/$draftId/file/$' });
  const isThere = file !== null;
  useEffect(() => {
    if (isThere && line !== undefined && field.current !== null) goToLine(field.current, line);
  }, [isThere, line]);
  if (error !== null)
    return (
      <Alert color="red" role="alert">
        {errorText(error)}
      </Alert>
    );
  if (file === null) return <p role="status">{t('studio.reading')}</p>;
  return (
    <>
      {!file.mayWrite && <p className="muted">{t('studio.readOnly')}</p>}
      {saving.kind === 'conflict' && <Conflict saving={saving} editing={editing} />}
      <div className="studio-savebar">
        <SavedLine saving={saving} />
        {saving.kind === 'failed' && (
          <Button size="sm" onClick={editing.save}>
            {t('studio.saveAgain')}
          </Button>
        )}
      </div>
      <div className="studio-editor">
        <pre ref={gutter} aria-hidden="true" className="studio-gutter">
          {numbersOf(text)}
        </pre>
        <textarea
          ref={field}
          aria-label={t('studio.fileText', { path })}
          value={text}
          readOnly={!file.mayWrite}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          wrap="off"
          onChange={({ currentTarget }) => editing.change(currentTarget.value)}
          onScroll={({ currentTarget }) => {
            if (gutter.current !== null) gutter.current.scrollTop = currentTarget.scrollTop;
          }}
          onKeyDown={(event) => {
            if ((event.ctrlKey || event.metaKey) && event.key === 's') {
              event.preventDefault();
              editing.save();
            }
          }}
        />
      </div>
      <FileProblems
        draftId={draftId}
        path={path}
        onLine={(at) => field.current !== null && goToLine(field.current, at)}
      />
    </>
  );
}

function numbersOf(text: string): string {
  return Array.from({ length: text.split('\n').length }, (_, at) => String(at + 1)).join('\n');
}

/** Marks the line, and brings it to the middle. */
function goToLine(field: HTMLTextAreaElement, line: number): void {
  const lines = field.value.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  field.focus();
  field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  const height = field.scrollHeight / Math.max(1, lines.length);
  field.scrollTop = Math.max(0, (line - 1) * height - field.clientHeight / 2);
}

function SavedLine({ saving }: { saving: Saving }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const now = useNow();
  const said: Readonly<Record<Saving['kind'], () => string>> = {
    clean: () => t('studio.saveHelp'),
    typing: () => t('studio.typing'),
    saving: () => t('studio.saving'),
    saved: () =>
      t('studio.saved', {
        s: saving.kind === 'saved' ? Math.max(0, Math.round((now - saving.at) / 1000)) : 0,
      }),
    failed: () => `${t('studio.notSaved')} ${errorText(saving.kind === 'failed' ? saving.error : null)}`,
    conflict: () => t('studio.notSaved'),
  };
  const isBad = saving.kind === 'failed' || saving.kind === 'conflict';
  return (
    <>
      <p className={isBad ? 'studio-bad' : 'muted small'}>{said[saving.kind]()}</p>
      {/* told once, not each second */}
      <span className="sr-only" role={isBad ? 'alert' : 'status'}>
        {saving.kind === 'saved' ? t('studio.savedOnce') : isBad ? t('studio.notSaved') : ''}
      </span>
    </>
  );
}

function Conflict({
  saving,
  editing,
}: {
  saving: Extract<Saving, { kind: 'conflict' }>;
  editing: FileEditing;
}) {
  const { t } = useTranslation();
  return (
    <section className="studio-clash" role="alert" aria-labelledby="clash">
      <h2 id="clash">{t('studio.conflictTitle', { name: saving.by ?? t('studio.somebody') })}</h2>
      <p>{t('studio.conflictHelp')}</p>
      <details open>
        <summary>{t('studio.theirText')}</summary>
        <textarea
          className="studio-theirs"
          readOnly
          wrap="off"
          aria-label={t('studio.theirText')}
          value={saving.theirs.text ?? ''}
        />
      </details>
      <div className="studio-actions">
        <Button onClick={editing.keepMine}>{t('studio.keepMine')}</Button>
        <Button variant="default" onClick={editing.takeTheirs}>
          {t('studio.takeTheirs')}
        </Button>
      </div>
    </section>
  );
}

function FileProblems({
  draftId,
  path,
  onLine,
}: {
  draftId: string;
  path: string;
  onLine: (line: number) => void;
}) {
  const { t } = useTranslation();
  const { data: draft } = useDraft(draftId);
  const problems = draft?.check.problems.filter((problem) => problem.path === path) ?? [];
  if (problems.length === 0) return null;
  return (
    <section aria-labelledby="file-problems">
      <h2 id="file-problems">{t('studio.fileProblems')}</h2>
      <ul className="studio-problems">
        {problems.map(({ severity, line, message, mend }, at) => (
          <li key={`${String(line)} ${String(at)}`} data-severity={severity}>
            <span className="studio-mark">{t(`studio.severity.${severity}`)}</span>{' '}
            {line !== null && (
              <button type="button" className="link" onClick={() => onLine(line)}>
                {t('studio.line', { n: line })}
              </button>
            )}
            <p lang="en">
              {message}. <span className="muted">{mend}.</span>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
