/** The frame of every page behind the sign-in: top line, state of the connection, warning before the session ends. */
import { Button } from '@mantine/core';
import { Outlet } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me } from '../../../api/contract.ts';
import { useServices } from '../app/services.ts';
import { useStore } from '../app/store.ts';
import { useMe } from '../hooks/queries.ts';
import { useKeepAlive, useLiveUpdates, useSignOut } from '../hooks/staff-session.ts';
import { splitWait } from '../hooks/time.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Header } from '../parts/header.tsx';
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
      <ConnectionBar />
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
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

function ConnectionBar() {
  const { t } = useTranslation();
  const status = useStore(useServices().live);
  return (
    <div role="status" className="connection" data-status={status}>
      {status === 'lost' && t('live.lost')}
    </div>
  );
}
