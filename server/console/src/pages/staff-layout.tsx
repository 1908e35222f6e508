/** The frame of every page behind the sign-in: top line, state of the connection, warning before the session ends. */
import { Button } from '@mantine/core';
import { Link, Outlet } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me } from '../../../api/contract.ts';
import { useServices } from '../app/services.ts';
import { useStore } from '../app/store.ts';
import { useChannels, useMe } from '../hooks/queries.ts';
import { useKeepAlive, useLiveUpdates, useSignOut } from '../hooks/staff-session.ts';
import { splitWait } from '../hooks/time.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Header } from '../parts/header.tsx';
import { StepUpDialog } from '../parts/step-up-dialog.tsx';
import { ShortcutList, useDeskKeys } from '../parts/shortcuts.tsx';

export function StaffLayout() {
  const { t } = useTranslation();
  const { data: me } = useMe();
  if (me === undefined) return <p className="page-note">{t('app.loading')}</p>;
  return <Frame me={me} />;
}

function Frame({ me }: { me: Me }) {
  const { t } = useTranslation();
  const [keysOpened, setKeysOpened] = useState(false);
  const signOut = useSignOut();
  useLiveUpdates();
  const { secondsLeft, stay } = useKeepAlive(me);
  useDeskKeys((action) => {
    if (action === 'list') setKeysOpened((opened) => !opened);
  });
  return (
    <div className="frame">
      <a className="skip" href="#main">
        {t('app.skip')}
      </a>
      <Header me={me} onSignOut={signOut} onShortcuts={() => setKeysOpened(true)} />
      {/* one row of the frame, empty on a good day */}
      <div>
        <ConnectionBar />
        <ChannelAlarms />
      </div>
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
      <StepUpDialog />
      <ShortcutList opened={keysOpened} onClose={() => setKeysOpened(false)} />
      <Dialog opened={secondsLeft !== null} onClose={stay} title={t('session.title')}>
        <p>{t('session.left', { time: splitWait((secondsLeft ?? 0) * 1000).clock ?? '' })}</p>
        <div className="dialog-actions">
          <Button onClick={stay} data-autofocus>
            {t('session.stay')}
          </Button>
        </div>
      </Dialog>
    </div>
  );
}

/** An account that fell silent or lost its token: people write there and nobody hears them. */
function ChannelAlarms() {
  const { t } = useTranslation();
  const { data } = useChannels();
  const alarms = data?.channels.filter((one) => one.alarm !== null) ?? [];
  return (
    <div role="status" className="channel-alarms" data-shown={alarms.length > 0}>
      {alarms.map(({ channel, account, alarm }) => (
        <p key={`${channel}/${account}`}>
          <b>{t(`channel.${channel}`)}</b>: {t([`channels.alarm.${alarm ?? ''}`, 'channels.alarm.other'])}{' '}
          <Link to="/channels">{t('channels.look')}</Link>
        </p>
      ))}
    </div>
  );
}

function ConnectionBar() {
  const { t } = useTranslation();
  const status = useStore(useServices().live);
  return (
    <div role="status" className="connection" data-status={status}>
      {status === 'lost' && t('live.lost')}
    </div>
  );
}
