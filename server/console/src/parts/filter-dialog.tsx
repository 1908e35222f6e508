/** Whom the queue shows: by risk, channel and language; and views that are kept for the next shift. */
import { Button, Checkbox, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { View } from '../../../api/queue-contract.ts';
import { callApi } from '../app/api.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { LANGUAGES } from '../hooks/languages.ts';
import { useDeskChanged, useMyDesk } from '../hooks/my-desk.ts';
import { useToasts } from '../hooks/toast.ts';
import { CHANNELS, type QueueView, RISKS } from '../hooks/queue-view.ts';
import { Dialog } from './dialog.tsx';
import './handling.css';

const GROUPS = { risk: RISKS, channel: CHANNELS, language: LANGUAGES } as const;

interface Props {
  opened: boolean;
  onClose: () => void;
  view: QueueView;
  /** how many wait that fit */
  shown: number;
  /** this role has a desk of its own to keep views in */
  mayKeep: boolean;
}

export function FilterDialog({ opened, onClose, view, shown, mayKeep }: Props) {
  const { t } = useTranslation();
  const { filter, filters, setFilter } = view;
  return (
    <Dialog opened={opened} onClose={onClose} title={t('filters.title')}>
      <div className="handling-form">
        {(['risk', 'channel', 'language'] as const).map((group) => (
          <Checkbox.Group
            key={group}
            label={t(`filters.${group}`)}
            value={[...(filter[group] ?? [])]}
            onChange={(codes) => {
              const { [group]: _old, ...others } = filter;
              setFilter(codes.length === 0 ? others : { ...others, [group]: codes });
            }}
          >
            <div className="choices">
              {GROUPS[group].map((code) => (
                <Checkbox key={code} value={code} label={t(`${group}.${code}`)} />
              ))}
            </div>
          </Checkbox.Group>
        ))}
        <p role="status">{t('filters.shown', { n: shown })}</p>
        {mayKeep && <Views view={view} />}
        <div className="dialog-actions">
          <Button variant="default" onClick={() => setFilter({})} disabled={filters === 0}>
            {t('filters.clear')}
          </Button>
          <Button onClick={onClose}>{t('filters.close')}</Button>
        </div>
      </div>
    </Dialog>
  );
}

function Views({ view }: { view: QueueView }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const changed = useDeskChanged();
  const { tell } = useToasts();
  const { data } = useMyDesk(true);
  const [name, setName] = useState('');
  const keep = useMutation({
    mutationFn: (views: readonly View[]) =>
      callApi('POST', '/desk/settings', { languages: data?.languages ?? [], views }),
    onSuccess: async () => {
      setName('');
      tell(t('filters.saved'));
      await changed();
    },
  });
  const views = data?.views ?? [];
  return (
    <section aria-labelledby="views-title">
      <h3 id="views-title">{t('filters.views')}</h3>
      {views.length === 0 && <p className="muted">{t('filters.noViews')}</p>}
      <ul className="views">
        {views.map((one) => (
          <li key={one.name}>
            <Button variant="light" size="sm" onClick={() => view.setFilter(one.filter)}>
              {t('filters.apply', { name: one.name })}
            </Button>
            <Button
              variant="subtle"
              size="sm"
              onClick={() => keep.mutate(views.filter((other) => other !== one))}
            >
              {t('filters.remove', { name: one.name })}
            </Button>
          </li>
        ))}
      </ul>
      <form
        className="view-new"
        onSubmit={(event) => {
          event.preventDefault();
          keep.mutate([
            ...views.filter((other) => other.name !== name.trim()),
            { name, filter: view.filter },
          ]);
        }}
      >
        <TextInput
          label={t('filters.name')}
          description={t('filters.nameHelp')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={40}
        />
        <Button type="submit" variant="default" disabled={name.trim() === '' || view.filters === 0}>
          {t('filters.save')}
        </Button>
      </form>
      <div role="alert">{keep.isError && <p className="offer-error">{errorText(keep.error)}</p>}</div>
    </section>
  );
}
