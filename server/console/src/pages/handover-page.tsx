/** The sheet for the next shift: codes and days, no names; made for paper. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import '../care.css';
import { useHandoverSheet } from '../hooks/care.ts';
import { formatExact } from '../hooks/time.ts';
import { useTitle } from '../hooks/title.ts';
import { taskTitle } from '../parts/task-title.ts';

export function HandoverPage() {
  const { t, i18n } = useTranslation();
  const { data } = useHandoverSheet();
  useTitle(t('cases.sheet'));
  const exact = (iso: string): string => formatExact(iso, i18n.language);
  return (
    <div className="page sheet">
      <h1 tabIndex={-1}>{t('cases.sheet')}</h1>
      {data !== undefined && (
        <>
          <p>
            {t('cases.sheetBy', { name: data.by, time: exact(data.now) })}{' '}
            <Button className="no-print" variant="default" size="sm" onClick={() => window.print()}>
              {t('cases.print')}
            </Button>
          </p>
          <section>
            <h2 id="sheet-conversations">
              {t('cases.sheetConversations', { n: data.conversations.length })}
            </h2>
            <div className="sheet-scroll" tabIndex={0} role="region" aria-labelledby="sheet-conversations">
              <table>
                <thead>
                  <tr>
                    <th scope="col">{t('cases.code')}</th>
                    <th scope="col">{t('cases.risk')}</th>
                    <th scope="col">{t('cases.channel')}</th>
                    <th scope="col">{t('cases.remarks')}</th>
                  </tr>
                </thead>
                <tbody>
                  {data.conversations.map(({ code, risk, channel, awaitsReply, hasPlan }) => (
                    <tr key={code}>
                      <th scope="row">{code}</th>
                      <td>{t(`risk.${risk}`)}</td>
                      <td>{t(`channel.${channel}`)}</td>
                      <td>
                        {[
                          ...(awaitsReply ? [t('cases.awaitsReply')] : []),
                          ...(hasPlan ? [t('cases.hasPlan')] : []),
                        ].join('; ')}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </section>
          <section aria-labelledby="sheet-cases">
            <h2 id="sheet-cases">{t('cases.sheetCases', { n: data.cases.length })}</h2>
            <ul className="cards">
              {data.cases.map(({ code, tasks }) => (
                <li key={code}>
                  <div>
                    <b>{code}</b>
                    {tasks.length === 0 && <> · {t('cases.nothingDue')}</>}
                    <ul className="care-list">
                      {tasks.map((task) => (
                        <li key={task.id} className={task.isOverdue ? 'overdue' : undefined}>
                          {task.dueOn ?? t('cases.asap')}: {taskTitle(t, task)}
                          {task.isOverdue && <> ({t('cases.late')})</>}
                        </li>
                      ))}
                    </ul>
                  </div>
                </li>
              ))}
            </ul>
          </section>
        </>
      )}
    </div>
  );
}
