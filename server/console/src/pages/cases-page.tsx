/** Cases by code: mine or everybody's, open, overdue or closed; what is chosen stands in the address. */
import { Alert } from '@mantine/core';
import { Link, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { CaseRow } from '../../../api/case-contract.ts';
import '../care.css';
import { useCases } from '../hooks/care.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { useMe } from '../hooks/queries.ts';
import { formatExact } from '../hooks/time.ts';
import { useTitle } from '../hooks/title.ts';
import { EmptyState } from '../parts/empty-state.tsx';

const SHOWS = ['open', 'overdue', 'closed'] as const;

export function CasesPage() {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { show = 'open', of = 'mine' } = useSearch({ from: '/staff/cases' });
  const { data: me } = useMe();
  const { data, error } = useCases();
  useTitle(t('cases.title'));
  const maySupervise = me?.permissions.includes('supervise') === true;
  const rows = (data?.cases ?? []).filter((row) => (of === 'all' || row.isMine) && fits(row, show));
  const search = (over: { show?: (typeof SHOWS)[number]; of?: 'mine' | 'all' }) => ({ show, of, ...over });
  return (
    <div className="page">
      <div className="case-head">
        <h1 tabIndex={-1}>{t('cases.title')}</h1>
        <Link to="/handover">{t('cases.toSheet')}</Link>
      </div>
      <nav className="case-filters" aria-label={t('cases.filters')}>
        {SHOWS.map((one) => (
          <Link
            key={one}
            to="/cases"
            search={search({ show: one })}
            aria-current={one === show ? 'true' : 'false'}
          >
            {t(`cases.show.${one}`)}
          </Link>
        ))}
        {maySupervise &&
          (['mine', 'all'] as const).map((one) => (
            <Link
              key={one}
              to="/cases"
              search={search({ of: one })}
              aria-current={one === of ? 'true' : 'false'}
            >
              {t(`cases.of.${one}`)}
            </Link>
          ))}
      </nav>
      {error !== null && (
        <Alert color="red" role="alert">
          {errorText(error)}
        </Alert>
      )}
      {data !== undefined && rows.length === 0 && (
        <EmptyState title={t('cases.none')} help={t('cases.noneHelp')} />
      )}
      <ul className="cards case-list">
        {rows.map((row) => (
          <li key={row.id}>
            <Row row={row} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function fits({ state, tasksOverdue }: CaseRow, show: (typeof SHOWS)[number]): boolean {
  if (show === 'closed') return state === 'closed';
  return state === 'open' && (show === 'open' || tasksOverdue > 0);
}

function Row({ row }: { row: CaseRow }) {
  const { t, i18n } = useTranslation();
  const { id, code, owner, basis, openedAt, outcome, tasksOpen, tasksOverdue, nextDueOn } = row;
  return (
    <div>
      <p>
        <Link to="/cases/$caseId" params={{ caseId: id }}>
          {code}
        </Link>{' '}
        · {t(`cases.basis.${basis}`)} · {owner.displayName}
      </p>
      <p className="muted small">
        {t('cases.openedAt', { time: formatExact(openedAt, i18n.language) })}
        {outcome !== null && <> · {t(`cases.outcome.${outcome}`)}</>} ·{' '}
        {t('cases.tasksOpen', { n: tasksOpen })}
        {nextDueOn !== null && <> · {t('cases.next', { day: nextDueOn })}</>}
        {tasksOverdue > 0 && <span className="overdue"> · {t('cases.overdue', { n: tasksOverdue })}</span>}
      </p>
    </div>
  );
}
