/** The form of one review, or what it says when it may only be read. */
import { Alert, Button, Radio, Textarea } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Quality, QualityAnswer, QualityRead, QualityRow } from '../../../api/quality-contract.ts';
import { callApi } from '../app/api.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { Dialog } from './dialog.tsx';

const ANSWERS: readonly QualityAnswer[] = ['yes', 'no', 'not_applicable'];

interface Props {
  row: QualityRow;
  items: Quality['items'];
  onClose: () => void;
}

export function QualityDialog({ row, items, onClose }: Props) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { data, error } = useQuery({
    queryKey: ['quality', row.id],
    queryFn: () => callApi<QualityRead>('GET', `/quality/${row.id}`),
    // each read is audited
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  return (
    <Dialog opened onClose={onClose} title={t('quality.of', { code: row.code })}>
      {error !== null && (
        <Alert color="red" role="alert">
          {errorText(error)}
        </Alert>
      )}
      {data !== undefined &&
        (row.mayReview ? (
          <Form row={row} items={items} review={data.review} onClose={onClose} />
        ) : (
          <Read items={items} review={data.review} />
        ))}
    </Dialog>
  );
}

function Form({ row, items, review, onClose }: Props & Pick<QualityRead, 'review'>) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [answers, setAnswers] = useState<Readonly<Record<string, QualityAnswer>>>(review?.answers ?? {});
  const [note, setNote] = useState(review?.note ?? '');
  const isReady = items.every(({ id }) => answers[id] !== undefined);
  const save = useMutation({
    mutationFn: () => callApi('POST', `/quality/${row.id}/review`, { answers, note }),
    onSuccess: onClose,
  });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) save.mutate();
      }}
    >
      {items.map(({ id, name }) => (
        <Radio.Group
          key={id}
          label={name}
          value={answers[id] ?? ''}
          onChange={(chosen) => {
            const answer = ANSWERS.find((one) => one === chosen);
            if (answer !== undefined) setAnswers({ ...answers, [id]: answer });
          }}
        >
          <div className="weekdays">
            {ANSWERS.map((one) => (
              <Radio key={one} value={one} label={t(`quality.answer.${one}`)} />
            ))}
          </div>
        </Radio.Group>
      ))}
      <Textarea
        label={t('quality.note')}
        description={t('quality.noteHelp')}
        rows={4}
        maxLength={2000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      {save.isError && (
        <Alert color="red" role="alert">
          {errorText(save.error)}
        </Alert>
      )}
      <div className="dialog-actions">
        <Button type="submit" disabled={!isReady} loading={save.isPending}>
          {t('quality.save')}
        </Button>
      </div>
    </form>
  );
}

function Read({ items, review }: Pick<Props, 'items'> & Pick<QualityRead, 'review'>) {
  const { t } = useTranslation();
  if (review === null) return <p>{t('quality.state.waiting')}</p>;
  return (
    <>
      <dl className="days">
        {items.map(({ id, name }) => (
          <div key={id}>
            <dt>{name}</dt>
            <dd>
              <b>{t(`quality.answer.${review.answers[id] ?? 'not_applicable'}`)}</b>
            </dd>
          </div>
        ))}
      </dl>
      {review.note !== '' && <p className="quality-note">{review.note}</p>}
    </>
  );
}
