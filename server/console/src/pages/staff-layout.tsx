/** The frame of every page behind the sign-in: top line, state of the connection, warning before the session ends. */
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
import { openTopic } from '../app/i18n.ts';
import { useTour } from '../hooks/tour.ts';
import { Header } from '../parts/header.tsx';
import { useDeskKeys } from '../hooks/desk-keys.ts';

const loadSessionWarning = () =>
  import('../parts/session-warning.tsx').then((part) => ({ default: part.SessionWarning }));
const SessionWarning = lazy(loadSessionWarning);
const PRELOAD_AFTER_MS = 2_500;

const ShortcutList = lazy(() =>
  import('../parts/shortcuts.tsx').then((part) => ({ default: part.ShortcutList })),
);

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
  const wasWarned = useOnce(secondsLeft !== null);
  const keysAsked = useOnce(keysOpened);
  useEffect(() => {
    // the line may be gone by the time the session is about to end
    const timer = setTimeout(() => void loadSessionWarning().catch(() => undefined), PRELOAD_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
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
      <Suspense fallback={null}>
        {keysAsked && <ShortcutList opened={keysOpened} onClose={() => setKeysOpened(false)} />}
      </Suspense>
      <Suspense fallback={null}>
        {wasWarned && <SessionWarning secondsLeft={secondsLeft} onStay={stay} />}
      </Suspense>
    </div>
  );
}

/** @returns true from the first time on: a dialog comes when it is first asked for, and stays so that the focus finds its way back */
function useOnce(isAsked: boolean): boolean {
  const [wasAsked, setAsked] = useState(isAsked);
  useEffect(() => {
    if (isAsked) setAsked(true);
  }, [isAsked]);
  return wasAsked;
}

/** Most shifts never need it. */
function StepUp() {
  const isLoaded = useOnce(useStore(useServices().stepUp) !== null);
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
