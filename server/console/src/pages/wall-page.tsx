/** The desk at a glance, readable across a room: who waits, who has how much, what is wrong; and handing several on at once. */
import { Alert } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Wall } from '../../../api/wall-contract.ts';
import { callApi } from '../app/api.ts';
import { useServices } from '../app/services.ts';
import { useStore } from '../app/store.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { KEYS } from '../hooks/queries.ts';
import { formatExact, splitWait, useNow } from '../hooks/time.ts';
import { useTitle } from '../hooks/title.ts';
import { RiskMark } from '../parts/risk.tsx';
import { ShiftNav } from '../parts/shift-nav.tsx';
import { WallConversations } from '../parts/wall-conversations.tsx';
import '../shift.css';

export function WallPage() {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { data, error } = useWall();
  useTitle(t('wall.title'));
  return (
    <div className="page wide wall">
      <ShiftNav />
      <h1 tabIndex={-1}>{t('wall.title')}</h1>
      <p className="muted small">{t('wall.help')}</p>
      {error !== null && (
        <Alert color="red" role="alert">
          {errorText(error)}
        </Alert>
      )}
      {data !== undefined && (
        <>
          <Waiting data={data} />
          <Colleagues data={data} />
          <WallConversations data={data} />
          <Day data={data} />
          <Alarms data={data} />
        </>
      )}
    </div>
  );
}

function useWall() {
  const isLive = useStore(useServices().live) === 'open';
  return useQuery({
    queryKey: KEYS.wall,
    queryFn: () => callApi<Wall>('GET', '/wall'),
    // the stream tells of conversations; who is at the desk changes without it
    refetchInterval: isLive ? 30_000 : 5_000,
  });
}

/** `4:07`, `2 giờ 10 phút`; read each minute by those who listen, it is no live region. */
function Since({ at }: { at: string }) {
  const { t, i18n } = useTranslation();
  const { clock, hours, rest } = splitWait(useNow() - new Date(at).getTime());
  return (
    <time dateTime={at} title={formatExact(at, i18n.language)}>
      {clock ?? t('wait.hours', { h: hours, m: rest })}
    </time>
  );
}

function Waiting({ data }: { data: Wall }) {
  const { t, i18n } = useTranslation();
  return (
    <section aria-labelledby="waiting">
      <h2 id="waiting">{t('wall.waiting')}</h2>
      <p className="duty" data-on={data.duty.isStaffed} role="status">
        <b>{t(data.duty.isStaffed ? 'wall.staffed' : 'wall.unstaffed')}</b>{' '}
        {!data.duty.isStaffed &&
          data.duty.nextAt !== null &&
          t('wall.next', { time: formatExact(data.duty.nextAt, i18n.language) })}
      </p>
      <ul className="wall-risks">
        {data.waiting.map((one) => (
          <li key={one.risk} data-risk={one.risk} data-overdue={one.overdue > 0}>
            <RiskMark risk={one.risk} />
            <b className="wall-figure">{one.waiting}</b>
            <span className="small">
              {t('wall.oldest')}: {one.oldestSince === null ? t('wall.none') : <Since at={one.oldestSince} />}
            </span>
            <span className="small">
              {t('wall.overdue')}: <b>{one.overdue}</b> ({t('wall.within', { n: one.withinMinutes })})
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Colleagues({ data }: { data: Wall }) {
  const { t, i18n } = useTranslation();
  return (
    <section aria-labelledby="colleagues">
      <h2 id="colleagues">{t('wall.colleagues')}</h2>
      {data.colleagues.length === 0 ? (
        <p className="muted">{t('wall.noColleagues')}</p>
      ) : (
        <div className="table-frame" role="group" aria-labelledby="colleagues" tabIndex={0}>
          <table className="plain-table">
            <thead>
              <tr>
                {(['name', 'state', 'load', 'unanswered', 'since'] as const).map((key) => (
                  <th key={key} scope="col">
                    {t(`wall.${key}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.colleagues.map((one) => (
                <tr key={one.id}>
                  <th scope="row">{one.displayName}</th>
                  <td>
                    {t(!one.isPresent ? 'wall.away' : one.isOnBreak ? 'wall.onBreak' : 'wall.here')}
                    {one.isOnShift && `, ${t('wall.onShift')}`}
                    {!one.isPresent && one.seenAt !== null && (
                      <span className="small muted">
                        {' '}
                        {t('wall.seen', { time: formatExact(one.seenAt, i18n.language) })}
                      </span>
                    )}
                  </td>
                  <td className="number">{one.taken.length}</td>
                  <td className="number">{one.unanswered}</td>
                  <td>
                    {one.unansweredSince === null ? t('wall.none') : <Since at={one.unansweredSince} />}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Day({ data: { today } }: { data: Wall }) {
  const { t } = useTranslation();
  const waited = today.medianWaitSeconds === null ? null : splitWait(today.medianWaitSeconds * 1000);
  const median =
    waited === null ? t('wall.none') : (waited.clock ?? t('wait.hours', { h: waited.hours, m: waited.rest }));
  const figures = [
    ...(['asked', 'taken', 'closed', 'returned'] as const).map((key) => [key, String(today[key])] as const),
    ['median', median] as const,
  ];
  return (
    <section aria-labelledby="today">
      <h2 id="today">{t('wall.today')}</h2>
      <dl className="wall-day">
        {figures.map(([key, figure]) => (
          <div key={key}>
            <dt>{t(`wall.${key}`)}</dt>
            <dd>{figure}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Alarms({ data }: { data: Wall }) {
  const { t, i18n } = useTranslation();
  return (
    <section aria-labelledby="alarms">
      <h2 id="alarms">{t('wall.alarms')}</h2>
      {data.alarms.length === 0 && <p className="muted">{t('wall.noAlarms')}</p>}
      <ul className="warnings">
        {data.alarms.map(({ channel, account, alarm, since }) => (
          <li key={`${channel}/${account}`}>
            <b>{t(`channel.${channel}`)}</b>: {t([`channels.alarm.${alarm}`, 'channels.alarm.other'])}{' '}
            {since !== null && <span className="muted">{formatExact(since, i18n.language)}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
