/** What a draft changes, to be read by whoever approves it: texts word by word, flows, facts, and the lines of the files. */
import { diffWords } from 'diff';
import { Fragment, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { DraftDiff } from '../../../api/studio-contract.ts';
import { useDraftDiff } from '../hooks/studio.ts';

export function DraftDiffView({ draftId, version }: { draftId: string; version: number }) {
  const { t } = useTranslation();
  const { data } = useDraftDiff(draftId);
  if (data === undefined || data.files.length === 0) return null;
  return (
    <section aria-labelledby="diff" data-version={version}>
      <h2 id="diff">{t('studio.diff')}</h2>
      <Texts texts={data.texts} />
      <Flows flows={data.flows} />
      <Facts facts={data.facts} />
      <Lines files={data.files} />
    </section>
  );
}

function Texts({ texts }: { texts: DraftDiff['texts'] }) {
  const { t } = useTranslation();
  if (texts.length === 0) return null;
  return (
    <>
      <h3>{t('studio.diffTexts', { n: texts.length })}</h3>
      <ul className="studio-diff">
        {texts.map(({ language, key, tone, before, after }) => (
          <li key={`${language} ${key} ${tone ?? ''}`}>
            <p className="muted small">
              <code>{key}</code> · {language}
              {tone !== null && ` · ${tone}`}
            </p>
            <p lang={language}>
              <Words before={before} after={after} />
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Struck out and underlined, and said so to whoever hears the page. */
function Words({ before, after }: { before: string | null; after: string | null }) {
  const { t } = useTranslation();
  const parts = useMemo(() => diffWords(before ?? '', after ?? ''), [before, after]);
  return (
    <>
      {parts.map(({ value, added, removed }, at) => {
        const key = `${String(at)} ${value}`;
        if (removed)
          return (
            <del key={key}>
              <span className="sr-only">{t('studio.out')} </span>
              {value}
            </del>
          );
        if (added)
          return (
            <ins key={key}>
              <span className="sr-only">{t('studio.in')} </span>
              {value}
            </ins>
          );
        return <Fragment key={key}>{value}</Fragment>;
      })}
    </>
  );
}

function Flows({ flows }: { flows: DraftDiff['flows'] }) {
  const { t } = useTranslation();
  if (flows.length === 0) return null;
  const list = (name: 'added' | 'removed' | 'changed', nodes: readonly string[]) =>
    nodes.length === 0 ? null : (
      <p className="small">
        {t(`studio.nodes.${name}`)} <code>{nodes.join(', ')}</code>
      </p>
    );
  return (
    <>
      <h3>{t('studio.diffFlows')}</h3>
      <ul className="studio-diff">
        {flows.map(({ flow, versionBefore, versionAfter, added, removed, changed }) => (
          <li key={flow}>
            <p>
              <b>{flow}</b>{' '}
              <span className="muted small">
                {t('studio.versions', { before: versionBefore ?? '–', after: versionAfter ?? '–' })}
              </span>
            </p>
            {list('added', added)}
            {list('removed', removed)}
            {list('changed', changed)}
          </li>
        ))}
      </ul>
    </>
  );
}

function Facts({ facts }: { facts: DraftDiff['facts'] }) {
  const { t } = useTranslation();
  if (facts.length === 0) return null;
  return (
    <>
      <h3>{t('studio.diffFacts', { n: facts.length })}</h3>
      <ul className="studio-diff">
        {facts.map(({ path, place, before, after }) => (
          <li key={`${path} ${place}`}>
            <p className="muted small">
              <code>{path}</code> · {place}
            </p>
            <p>
              <Words before={before} after={after} />
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}

const SIGNS = { same: ' ', out: '−', in: '+' } as const;

function Lines({ files }: { files: DraftDiff['files'] }) {
  const { t } = useTranslation();
  return (
    <>
      <h3>{t('studio.diffLines')}</h3>
      {files.map(({ path, change, hunks }) => (
        <details key={path} className="studio-lines">
          <summary>
            <code>{path}</code> <span className="studio-mark">{t(`studio.change.${change}`)}</span>
          </summary>
          {/* long lines scroll sideways; whoever has no pointer scrolls with the keys */}
          <div className="studio-hunks" tabIndex={0} role="region" aria-label={path}>
            {hunks.map(({ from, to, lines }) => (
              <pre key={`${String(from)} ${String(to)}`}>
                <span className="muted">{t('studio.line', { n: to })}</span>
                {lines.map(({ kind, text }, at) => (
                  <span key={`${String(at)} ${kind}`} className="studio-line" data-kind={kind}>
                    {`\n${SIGNS[kind]} ${text}`}
                  </span>
                ))}
              </pre>
            ))}
          </div>
        </details>
      ))}
    </>
  );
}
