/** The audit: who did what to what, and when. Filters by person, action and object; what was said is nowhere in it. */
import { Alert, Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AuditRow } from '../../../api/contract.ts';
import { useAudit } from '../hooks/audit.ts';
import type { AuditFilter } from '../hooks/audit.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { formatExact } from '../hooks/time.ts';
import { useTitle } from '../hooks/title.ts';

export function AuditPage() {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [filter, setFilter] = useState<AuditFilter>({});
  const audit = useAudit(filter);
  useTitle(t('audit.title'));
  const pages = audit.data?.pages ?? [];
  const rows = pages.flatMap((page) => page.rows);
  return (
    <div className="page wide">
      <h1 tabIndex={-1}>{t('audit.title')}</h1>
      <p className="muted">{t('audit.help')}</p>
      <Filters
        people={pages[0]?.people ?? []}
        actions={pages[0]?.actions ?? []}
        isLoading={audit.isFetching}
        onSearch={(next) => {
          setFilter(next);
          // the same filter again: whoever presses the button wants to see what is new
          if (JSON.stringify(next) === JSON.stringify(filter)) void audit.refetch();
        }}
      />
      {audit.isError && (
        <Alert color="red" role="alert">
          {errorText(audit.error)}
        </Alert>
      )}
      <p role="status" className="muted small">
        {audit.isPending ? t('app.loading') : t('audit.count', { n: rows.length })}
      </p>
      {rows.length > 0 && <Rows rows={rows} />}
      {audit.hasNextPage && (
        <p>
          <Button
            variant="default"
            loading={audit.isFetchingNextPage}
            onClick={() => void audit.fetchNextPage()}
          >
            {t('audit.more')}
          </Button>
        </p>
      )}
    </div>
  );
}

interface FiltersProps {
  people: readonly { id: string; displayName: string }[];
  actions: readonly string[];
  isLoading: boolean;
  onSearch: (filter: AuditFilter) => void;
}

function Filters({ people, actions, isLoading, onSearch }: FiltersProps) {
  const { t } = useTranslation();
  const [userId, setUserId] = useState('');
  const [action, setAction] = useState('');
  const [object, setObject] = useState('');
  return (
    <form
      className="filters"
      onSubmit={(event) => {
        event.preventDefault();
        onSearch({
          ...(userId === '' ? {} : { userId }),
          ...(action === '' ? {} : { action }),
          ...(object.trim() === '' ? {} : { object: object.trim() }),
        });
      }}
    >
      <NativeSelect
        label={t('audit.person')}
        value={userId}
        onChange={(event) => setUserId(event.currentTarget.value)}
        data={[
          { value: '', label: t('audit.everyone') },
          ...people.map(({ id, displayName }) => ({ value: id, label: displayName })),
        ]}
      />
      <NativeSelect
        label={t('audit.action')}
        value={action}
        onChange={(event) => setAction(event.currentTarget.value)}
        data={[
          { value: '', label: t('audit.everything') },
          ...actions.map((one) => ({
            value: one,
            label: t([`audit.actions.${one}`, 'unknown'], { defaultValue: one }),
          })),
        ]}
      />
      <TextInput
        label={t('audit.object')}
        description={t('audit.objectHelp')}
        maxLength={64}
        value={object}
        onChange={(event) => setObject(event.currentTarget.value)}
      />
      <Button type="submit" loading={isLoading}>
        {t('audit.search')}
      </Button>
    </form>
  );
}

function Rows({ rows }: { rows: readonly AuditRow[] }) {
  const { t, i18n } = useTranslation();
  const nameOf = (action: string): string =>
    t([`audit.actions.${action}`, 'unknown'], { defaultValue: action });
  return (
    // wider than a phone: it scrolls by itself, and by keyboard
    <div className="table-frame" role="region" aria-label={t('audit.title')} tabIndex={0}>
      <table className="audit">
        <thead>
          <tr>
            <th scope="col">{t('audit.time')}</th>
            <th scope="col">{t('audit.person')}</th>
            <th scope="col">{t('audit.action')}</th>
            <th scope="col">{t('audit.object')}</th>
            <th scope="col">{t('audit.detail')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>
                <time dateTime={row.at}>{formatExact(row.at, i18n.language)}</time>
                {!row.sealed && <span className="muted small"> ({t('audit.unsealed')})</span>}
              </td>
              <td>{row.user === null ? t('audit.system') : (row.user.displayName ?? row.user.id)}</td>
              <td>{nameOf(row.action)}</td>
              <td>{row.objectName ?? row.objectId?.slice(0, 8) ?? row.objectKind}</td>
              <td className="muted small">
                {Object.entries(row.detail)
                  .filter(([, value]) => value !== null)
                  .map(([key, value]) => `${key}: ${String(value)}`)
                  .join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
