/** Every conversation that waits or is being answered, by code; those that are chosen go to one colleague who is there. */
import { Button, Checkbox, NativeSelect } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Risk } from '../../../api/contract.ts';
import type { Reassigned, Wall } from '../../../api/wall-contract.ts';
import { callApi } from '../app/api.ts';
import { KEYS } from '../hooks/queries.ts';
import { formatExact } from '../hooks/time.ts';
import { useToasts } from '../hooks/toast.ts';
import { RiskMark } from './risk.tsx';

interface Row {
  conversationId: string;
  code: string;
  channel: string;
  language: string;
  risk: Risk;
  /** null: waits for somebody */
  with: string | null;
  since: string | null;
  isOverdue: boolean;
}

export function WallConversations({ data }: { data: Wall }) {
  const { t, i18n } = useTranslation();
  const { tell, fail } = useToasts();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [to, setTo] = useState('');
  const rows = listRows(data);
  // what is over meanwhile is not chosen any more
  const ids = rows.map(({ conversationId }) => conversationId).filter((id) => chosen.has(id));
  const present = data.colleagues.filter(({ isPresent, isOnBreak }) => isPresent && !isOnBreak);
  const target = present.some(({ id }) => id === to) ? to : '';
  const reassign = useMutation({
    mutationFn: () => callApi<Reassigned>('POST', '/wall/reassign', { conversationIds: ids, to: target }),
    onSuccess: ({ moved, left }) => {
      setChosen(new Set());
      tell(t('wall.moved', { moved: moved.length, left: left.length }));
    },
    onError: fail,
    onSettled: () => client.invalidateQueries({ queryKey: KEYS.wall }),
  });
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  return (
    <section aria-labelledby="conversations">
      <h2 id="conversations">{t('wall.conversations')}</h2>
      {rows.length === 0 ? (
        <p className="muted">{t('wall.noConversations')}</p>
      ) : (
        <div className="table-frame" role="group" aria-labelledby="conversations" tabIndex={0}>
          <table className="plain-table">
            <thead>
              <tr>
                {(['code', 'risk', 'where', 'with', 'answer'] as const).map((key) => (
                  <th key={key} scope="col">
                    {t(`wall.${key}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.conversationId} data-overdue={row.isOverdue}>
                  <th scope="row">
                    <Checkbox
                      label={row.code}
                      aria-label={t('wall.pick', { code: row.code })}
                      checked={chosen.has(row.conversationId)}
                      onChange={() => toggle(row.conversationId)}
                    />
                  </th>
                  <td>
                    <RiskMark risk={row.risk} />
                  </td>
                  <td>
                    {t(`channel.${row.channel}`)}, {t([`language.${row.language}`, 'language.vi'])}
                  </td>
                  <td>{row.with ?? t('wall.queueOnly')}</td>
                  <td>
                    {row.since === null ? t('wall.answered') : formatExact(row.since, i18n.language)}
                    {row.isOverdue && <b className="overdue"> {t('wall.overdueMark')}</b>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rows.length > 0 && (
        <form
          className="pair reassign"
          onSubmit={(event) => {
            event.preventDefault();
            if (ids.length > 0 && target !== '') reassign.mutate();
          }}
        >
          <p role="status">{t('wall.chosen', { n: ids.length })}</p>
          <NativeSelect
            label={t('wall.to')}
            value={target}
            data={[
              { value: '', label: t('wall.choose') },
              ...present.map(({ id, displayName }) => ({ value: id, label: displayName })),
            ]}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
          <Button type="submit" disabled={ids.length === 0 || target === ''} loading={reassign.isPending}>
            {t('wall.move')}
          </Button>
        </form>
      )}
    </section>
  );
}

function listRows({ queue, colleagues }: Wall): Row[] {
  return [
    ...queue.map(({ waitingSince, ...one }) => ({ ...one, with: null, since: waitingSince })),
    ...colleagues.flatMap(({ displayName, taken }) =>
      taken.map(({ conversationId, code, channel, language, risk, unansweredSince }) => ({
        ...{ conversationId, code, channel, language, risk, with: displayName },
        ...{ since: unansweredSince, isOverdue: false },
      })),
    ),
  ];
}
