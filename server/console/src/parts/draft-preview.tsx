/** What a change of rules does to all sample messages: counts, then row by row, the worse ones first. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Draft } from '../../../api/studio-contract.ts';
import type { RulesPreview } from '../../../api/studio-rules-contract.ts';
import { callApi } from '../app/api.ts';
import { useToasts } from '../hooks/toast.ts';

const RULES =
  /^content\/(?:safety|signals|intents)\/|^content\/(?:routes|commands)\.yaml$|^content\/registers\/agencies/;
const MOST = 200;

export function DraftPreview({ draft }: { draft: Draft }) {
  const { t } = useTranslation();
  const { fail } = useToasts();
  const preview = useMutation({
    mutationFn: () => callApi<RulesPreview>('POST', `/studio/drafts/${draft.id}/preview`, {}),
    onError: fail,
  });
  if (!draft.changes.some(({ path }) => RULES.test(path))) return null;
  const { data, isPending } = preview;
  return (
    <section aria-labelledby="preview">
      <div className="studio-head">
        <h2 id="preview">{t('studio.preview.title')}</h2>
        <Button variant="default" size="sm" loading={isPending} onClick={() => preview.mutate()}>
          {t('studio.preview.run')}
        </Button>
      </div>
      <p className="muted small">{t('studio.preview.help')}</p>
      <p role="status">
        {isPending && t('studio.preview.running')}
        {!isPending && data?.state === 'broken' && t('studio.preview.broken')}
        {!isPending && data?.state === 'done' && data.changes.length === 0 && t('studio.preview.same')}
      </p>
      {!isPending && data?.state === 'done' && <Result preview={data} />}
    </section>
  );
}

function Result({ preview }: { preview: RulesPreview }) {
  const { t } = useTranslation();
  return (
    <>
      <table className="studio-table">
        <thead>
          <tr>
            {(['set', 'rows', 'before', 'after', 'changed'] as const).map((name) => (
              <th scope="col" key={name}>
                {t(`studio.preview.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {preview.sets.map(({ set, n, rightBefore, rightAfter, changed }) => (
            <tr key={set}>
              <th scope="row">{t(`studio.preview.sets.${set}`)}</th>
              <td>{n}</td>
              <td>{rightBefore ?? '–'}</td>
              <td>{rightAfter ?? '–'}</td>
              <td>{changed}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <ul className="studio-diff">
        {preview.changes.map(({ set, text, expected, before, after, kind }, at) => (
          <li key={`${set} ${String(at)}`}>
            <span className="studio-mark" data-kind={kind}>
              {t(`studio.preview.kind.${kind}`)}
            </span>{' '}
            <span className="small">
              {t(`studio.preview.sets.${set}`)}: {t('studio.preview.change', { before, after })}
              {expected !== null && `, ${t('studio.preview.expected', { expected })}`}
            </span>
            <p lang="vi">{text}</p>
          </li>
        ))}
      </ul>
      {preview.changes.length >= MOST && <p className="muted small">{t('studio.preview.more')}</p>}
    </>
  );
}
