/** The frame of every page behind the sign-in: top line, state of the connection, warning before the session ends. */
import { Button } from '@mantine/core';
import { Link, Outlet } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me } from '../../../api/contract.ts';
import { useServices } from '../app/services.ts';
import { withTopic } from '../app/topic-part.ts';
import { useStore } from '../app/store.ts';
import { useBreakDue } from '../hooks/break-due.ts';
import { useChannels, useMe } from '../hooks/queries.ts';
import { useKeepAlive, useLiveUpdates, useSignOut } from '../hooks/staff-session.ts';
import { splitWait } from '../hooks/time.ts';
import { openTopic } from '../app/i18n.ts';
import { useTour } from '../hooks/tour.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Header } from '../parts/header.tsx';
import { ShortcutList, useDeskKeys } from '../parts/shortcuts.tsx';

const StepUpDialog = lazy(
  withTopic('factor', () =>
    import('../parts/step-up-dialog.tsx').then((part) => ({ default: part.StepUpDialog })),
  ),
);

const TourSteps = lazy(async () => {
  const [part] = await Promise.all([import('../parts/tour.tsx'), openTopic('tour')]);
  return { default: part.TourSteps };
});

const BreakSuggestion = lazy(
  withTopic('wellbeing', () =>
    import('../parts/break-suggestion.tsx').then((part) => ({ default: part.BreakSuggestion })),
  ),
);

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
        <Tour me={me} />
        <BreakReminder me={me} />
      </div>
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
      <StepUp />
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

/** Most shifts never need it: it comes when it is first asked for, and stays so that the focus finds its way back. */
function StepUp() {
  const isAsked = useStore(useServices().stepUp) !== null;
  const [isLoaded, setLoaded] = useState(false);
  useEffect(() => {
    if (isAsked) setLoaded(true);
  }, [isAsked]);
  return <Suspense fallback={null}>{isLoaded && <StepUpDialog />}</Suspense>;
}

/** Once for each account that works at the desk. */
function Tour({ me }: { me: Me }) {
  const isWanted = useTour(me.permissions.includes('desk'));
  return <Suspense fallback={null}>{isWanted && <TourSteps />}</Suspense>;
}

/** Gentle, above the page and never over it; whoever goes on working is left alone. */
function BreakReminder({ me }: { me: Me }) {
  const due = useBreakDue(me.permissions.includes('desk'));
  return (
    <Suspense fallback={null}>
      {due.minutes !== null && <BreakSuggestion minutes={due.minutes} onLater={due.later} />}
    </Suspense>
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
