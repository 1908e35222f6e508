/** The accounts of all channels: what is wrong, how long they are silent, what is left. Nothing about a person. */
import { Alert } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Channel } from '../../../api/contract.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { useChannels } from '../hooks/queries.ts';
import { formatExact, splitWait, useNow } from '../hooks/time.ts';
import { useTitle } from '../hooks/title.ts';
import { EmptyState } from '../parts/empty-state.tsx';

export function ChannelsPage() {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { data, error } = useChannels();
  useTitle(t('channels.title'));
  return (
    <div className="page">
      <h1 tabIndex={-1}>{t('channels.title')}</h1>
      <p>{t('channels.help')}</p>
      {error !== null && (
        <Alert color="red" role="alert">
          {errorText(error)}
        </Alert>
      )}
      {data?.channels.length === 0 && <EmptyState title={t('channels.none')} help={t('channels.noneHelp')} />}
      <ul className="channels">
        {data?.channels.map((channel) => (
          <li key={`${channel.channel}/${channel.account}`} data-alarm={channel.alarm !== null}>
            <Account {...channel} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Account(channel: Channel) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const exact = (iso: string): string => formatExact(iso, i18n.language);
  const ago = (iso: string): string => {
    const { minutes, hours, rest } = splitWait(now - new Date(iso).getTime());
    const days = Math.floor(hours / 24);
    if (days > 1) return t('channels.days', { n: days });
    return hours > 0 ? t('wait.hours', { h: hours, m: rest }) : t('channels.minutes', { n: minutes });
  };
  const tried = channel.sent + channel.failed;
  const { quota } = channel;
  const facts: [string, string][] = [
    [t('channels.platform'), describePlatform()],
    [t('channels.lastHook'), channel.lastHookAt === null ? t('channels.never') : ago(channel.lastHookAt)],
    [
      t('channels.normal'),
      channel.normalUntil === null
        ? t('channels.learning')
        : t('channels.until', { time: exact(channel.normalUntil) }),
    ],
    [
      t('channels.errors'),
      tried === 0
        ? t('channels.nothingSent')
        : t('channels.rate', {
            failed: channel.failed,
            tried,
            percent: Math.round((100 * channel.failed) / tried),
          }),
    ],
    ...(channel.tokenAt === null
      ? []
      : [[t('channels.token'), ago(channel.tokenAt)] satisfies [string, string]]),
    ...(quota === null
      ? []
      : [
          [
            t('channels.quota'),
            quota.limit === null
              ? t('channels.noLimit', { used: quota.used })
              : t('channels.left', { left: Math.max(0, quota.limit - quota.used), limit: quota.limit }),
          ] satisfies [string, string],
        ]),
  ];
  function describePlatform(): string {
    if (channel.ok === null || channel.checkedAt === null) return t('channels.notYet');
    const state = t([`channels.code.${channel.code ?? ''}`, 'channels.code.other'], {
      code: channel.code ?? '',
    });
    return t('channels.asOf', { state, time: exact(channel.checkedAt) });
  }
  return (
    <>
      <h2>
        {t(`channel.${channel.channel}`)} <span className="muted small">{channel.account}</span>
      </h2>
      {channel.alarm !== null && (
        <p className="channel-alarm">
          <b>{t([`channels.alarm.${channel.alarm}`, 'channels.alarm.other'])}</b>{' '}
          {channel.alarmSince !== null && t('channels.since', { time: exact(channel.alarmSince) })}{' '}
          {t([`channels.mend.${channel.alarm}`, 'channels.mend.other'])}
        </p>
      )}
      {channel.ruleExpired && <p className="muted">{t('channels.ruleExpired')}</p>}
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
