/** One phrase: where it belongs, what would change on all labelled rows, and only then saving. */
import { Alert, Button, Checkbox, NativeSelect, Radio, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChangedRow, Phrases, Trial } from '../../../api/contract.ts';
import { callApi } from '../app/api.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { KEYS } from '../hooks/queries.ts';
import { Dialog } from './dialog.tsx';

export interface Teaching {
  heardId: string | null;
  text: string;
  kind: 'intent' | 'route';
}

export function TeachDialog({
  teaching,
  data,
  onClose,
}: {
  teaching: Teaching;
  data: Phrases;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const client = useQueryClient();
  const [text, setText] = useState(teaching.text);
  const [kind, setKind] = useState(teaching.kind);
  const [target, setTarget] = useState('');
  const [despiteDanger, setDespiteDanger] = useState(false);
  const phrase = { kind, target, text: text.trim() };
  const attempt = useMutation({ mutationFn: () => callApi<Trial>('POST', '/phrases/try', phrase) });
  const save = useMutation({
    mutationFn: ({ totals, proof }: Trial) =>
      callApi('POST', '/phrases/propose', {
        ...{ ...phrase, totals, proof, despiteDanger, heardId: teaching.heardId },
      }),
    onSuccess: async () => {
      notifications.show({ message: t('phrases.saved') });
      onClose();
      await client.invalidateQueries({ queryKey: KEYS.phrases });
    },
  });
  // what was tried is what is saved: any change asks for another trial
  const change = (work: () => void): void => {
    work();
    attempt.reset();
    save.reset();
    setDespiteDanger(false);
  };
  const targets =
    kind === 'intent'
      ? data.intents.map(({ id, title }) => ({ value: id, label: title }))
      : data.flows.map((flow) => ({ value: flow, label: flow }));
  const trial = attempt.data;
  const error = attempt.error ?? save.error;
  return (
    <Dialog opened onClose={onClose} title={t('phrases.teach')}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          attempt.mutate();
        }}
      >
        <TextInput
          label={t('phrases.text')}
          description={t('phrases.textHelp')}
          value={text}
          maxLength={160}
          lang="vi"
          onChange={({ currentTarget }) => change(() => setText(currentTarget.value))}
        />
        <Radio.Group
          label={t('phrases.kind')}
          value={kind}
          onChange={(value) =>
            change(() => {
              setKind(value === 'route' ? 'route' : 'intent');
              setTarget('');
            })
          }
        >
          <div className="outcomes">
            <Radio value="intent" label={t('phrases.toIntent')} description={t('phrases.intentHelp')} />
            <Radio value="route" label={t('phrases.toRoute')} description={t('phrases.routeHelp')} />
          </div>
        </Radio.Group>
        <NativeSelect
          label={t(kind === 'intent' ? 'phrases.whichIntent' : 'phrases.whichFlow')}
          value={target}
          data={[{ value: '', label: t('phrases.choose') }, ...targets]}
          onChange={({ currentTarget }) => change(() => setTarget(currentTarget.value))}
        />
        <div className="dialog-actions">
          <Button
            type="submit"
            variant={trial === undefined ? 'filled' : 'default'}
            disabled={target === '' || phrase.text.length < 2}
            loading={attempt.isPending}
          >
            {t('phrases.try')}
          </Button>
        </div>
      </form>
      <div role="status">
        {attempt.isPending && <p>{t('phrases.trying')}</p>}
        {trial !== undefined && <p>{t('phrases.totals', { ...trial.totals })}</p>}
      </div>
      {error !== null && (
        <Alert color="red" role="alert">
          {errorText(error)}
        </Alert>
      )}
      {trial !== undefined && (
        <>
          <Outcome trial={trial} data={data} />
          {trial.totals.danger > 0 && (
            <Checkbox
              label={t('phrases.despiteDanger')}
              checked={despiteDanger}
              onChange={({ currentTarget }) => setDespiteDanger(currentTarget.checked)}
            />
          )}
          <div className="dialog-actions">
            <Button
              loading={save.isPending}
              disabled={trial.totals.danger > 0 && !despiteDanger}
              onClick={() => save.mutate(trial)}
            >
              {t('phrases.save')}
            </Button>
          </div>
        </>
      )}
    </Dialog>
  );
}

function Outcome({ trial, data }: { trial: Trial; data: Phrases }) {
  const { t } = useTranslation();
  return (
    <div className="trial">
      <table>
        <caption className="sr-only">{t('phrases.result')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('phrases.set')}</th>
            <th scope="col">{t('phrases.rows')}</th>
            <th scope="col">{t('phrases.before')}</th>
            <th scope="col">{t('phrases.after')}</th>
          </tr>
        </thead>
        <tbody>
          {trial.tasks.map(({ task, n, rightBefore, rightAfter }) => (
            <tr key={task}>
              <th scope="row">{t(`phrases.task.${task}`)}</th>
              <td>{n}</td>
              <td>{rightBefore}</td>
              <td>{rightAfter}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Rows title={t('phrases.danger')} rows={trial.danger} data={data} isWarning />
      <Rows title={t('phrases.broken')} rows={trial.broken} data={data} />
      <Rows title={t('phrases.mended')} rows={trial.mended} data={data} />
      {trial.otherwise > 0 && <p className="muted small">{t('phrases.otherwise', { n: trial.otherwise })}</p>}
    </div>
  );
}

function Rows({
  title,
  rows,
  data,
  isWarning = false,
}: {
  title: string;
  rows: readonly ChangedRow[];
  data: Phrases;
  isWarning?: boolean;
}) {
  const { t } = useTranslation();
  if (rows.length === 0) return null;
  const titleOf = (id: string): string => data.intents.find((one) => one.id === id)?.title ?? id;
  const describe = (outcome: string): string => {
    const [what = '', rest = ''] = outcome.split(/:(.*)/);
    if (what === 'flow') return t('phrases.does.flow', { flow: rest });
    if (what === 'asks') return t('phrases.does.asks', { list: rest.split('|').map(titleOf).join(' / ') });
    return what === 'say' ? t('phrases.does.say', { key: rest }) : t(`phrases.does.${what}`);
  };
  return (
    <div className={isWarning ? 'trial-danger' : undefined} role={isWarning ? 'alert' : undefined}>
      <h3>{title}</h3>
      <ul>
        {rows.map(({ task, text, before, after }) => (
          <li key={`${task} ${text}`}>
            <span lang="vi">{text}</span>
            <br />
            <span className="small">
              {describe(before)} → {describe(after)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
