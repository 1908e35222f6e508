/** Who stands in the flows a draft changes, and what becomes of them when it is published: counts only. */
import { useTranslation } from 'react-i18next';
import { useDraftPeople } from '../hooks/studio.ts';

export function DraftPeople({ draftId }: { draftId: string }) {
  const { t } = useTranslation();
  const { data } = useDraftPeople(draftId);
  if (data === undefined || data.flows.length === 0) return null;
  return (
    <section aria-labelledby="people">
      <h2 id="people">{t('studio.people')}</h2>
      <p className="muted small">{t('studio.peopleHelp')}</p>
      {data.flows.map(({ flow, version, today, nodes }) => (
        <table className="studio-table" key={`${flow} ${String(version)}`}>
          <caption>
            {today === null
              ? t('studio.flowGone', { flow, version })
              : t('studio.flowOf', { flow, version, today })}
          </caption>
          <thead>
            <tr>
              <th scope="col">{t('studio.node')}</th>
              <th scope="col">{t('studio.peopleThere')}</th>
              <th scope="col">{t('studio.then')}</th>
            </tr>
          </thead>
          <tbody>
            {nodes.map(({ node, people, then, to }) => (
              <tr key={node}>
                <th scope="row">
                  <code>{node}</code>
                </th>
                <td>{people}</td>
                <td>{t(`studio.thenIs.${then}`, { to: to ?? '' })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </section>
  );
}
