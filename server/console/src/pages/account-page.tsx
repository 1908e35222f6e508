/** One's own account: preferences of this browser, and where one is signed in. */
import { Button, SegmentedControl } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { callApi } from '../app/api.ts';
import { useServices } from '../app/services.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { KEYS, useMe, useSessions } from '../hooks/queries.ts';
import { useSendKey } from '../hooks/send-key.ts';
import { formatExact } from '../hooks/time.ts';
import { useTitle } from '../hooks/title.ts';
import { FactorSection } from '../parts/factor-section.tsx';
import { PasswordSection } from '../parts/password-section.tsx';

export function AccountPage() {
  const { t, i18n } = useTranslation();
  const { data: me } = useMe();
  const { data } = useSessions();
  const { queryClient } = useServices();
  const errorText = useErrorText();
  const [sendKey, setSendKey] = useSendKey();
  useTitle(t('account.title'));
  const end = useMutation({
    mutationFn: (id: string) => callApi('POST', `/me/sessions/${id}/end`, {}),
    onSuccess: () =>
      notifications.show({ message: t('account.ended'), closeButtonProps: { 'aria-label': t('app.close') } }),
    onError: (error) =>
      notifications.show({
        color: 'red',
        message: errorText(error),
        role: 'alert',
        closeButtonProps: { 'aria-label': t('app.close') },
      }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: KEYS.sessions }),
  });
  const exact = (iso: string): string => formatExact(iso, i18n.language);
  return (
    <div className="page">
      <h1 tabIndex={-1}>{t('account.title')}</h1>
      <section aria-labelledby="who">
        <h2 id="who">{t('account.signedInAs')}</h2>
        <p>
          <b>{me?.displayName}</b> · {me?.email} · {me && t(`role.${me.role}`)}
        </p>
      </section>
      <FactorSection />
      <PasswordSection />
      <section aria-labelledby="preferences">
        <h2 id="preferences">{t('account.preferences')}</h2>
        <p id="send-key">{t('reply.key')}</p>
        <SegmentedControl
          aria-labelledby="send-key"
          value={sendKey}
          onChange={(value) => setSendKey(value === 'ctrl-enter' ? 'ctrl-enter' : 'enter')}
          data={[
            { value: 'enter', label: t('reply.enter') },
            { value: 'ctrl-enter', label: t('reply.ctrlEnter') },
          ]}
        />
      </section>
      <section aria-labelledby="sessions">
        <h2 id="sessions">{t('account.sessions')}</h2>
        <ul className="cards">
          {data?.sessions.map((session) => (
            <li key={session.id}>
              <span>
                <b>{t(session.current ? 'account.thisOne' : 'account.otherOne')}</b>
                <br />
                <span className="muted small">
                  {t('account.started', { time: exact(session.createdAt) })} ·{' '}
                  {t('account.seen', { time: exact(session.lastSeenAt) })}
                </span>
              </span>
              {!session.current && (
                <Button
                  variant="default"
                  size="sm"
                  loading={end.isPending}
                  onClick={() => end.mutate(session.id)}
                >
                  {t('account.end')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
