/** Accounts of the team, for administrators: invite by a one-time link, disable, enable. */
import { Alert, Button, CopyButton, Radio, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Invitation, Role } from '../../../api/contract.ts';
import { callApi } from '../app/api.ts';
import { useServices } from '../app/services.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { KEYS, useMe, useUsers } from '../hooks/queries.ts';
import { formatExact } from '../hooks/time.ts';
import { useTitle } from '../hooks/title.ts';

const ROLES: readonly Role[] = ['counsellor', 'supervisor', 'editor', 'admin'];

export function TeamPage() {
  const { t } = useTranslation();
  useTitle(t('team.title'));
  return (
    <div className="page">
      <h1 tabIndex={-1}>{t('team.title')}</h1>
      <Invite />
      <People />
    </div>
  );
}

function Invite() {
  const { t, i18n } = useTranslation();
  const errorText = useErrorText();
  const [role, setRole] = useState<Role>('counsellor');
  const invite = useMutation({ mutationFn: () => callApi<Invitation>('POST', '/invitations', { role }) });
  return (
    <section aria-labelledby="invite">
      <h2 id="invite">{t('team.invite')}</h2>
      <Radio.Group
        label={t('team.role')}
        value={role}
        onChange={(value) => {
          setRole(ROLES.find((one) => one === value) ?? 'counsellor');
          invite.reset();
        }}
      >
        <div className="outcomes">
          {ROLES.map((one) => (
            <Radio key={one} value={one} label={t(`role.${one}`)} description={t(`roleHelp.${one}`)} />
          ))}
        </div>
      </Radio.Group>
      <p>
        <Button loading={invite.isPending} onClick={() => invite.mutate()}>
          {t('team.make')}
        </Button>
      </p>
      {invite.isError && (
        <Alert color="red" role="alert">
          {errorText(invite.error)}
        </Alert>
      )}
      {invite.data !== undefined && (
        <div className="invitation" role="status">
          <TextInput
            label={t('team.link', { role: t(`role.${invite.data.role}`) })}
            description={t('team.inviteHelp')}
            value={invite.data.link}
            readOnly
            onFocus={(event) => event.currentTarget.select()}
          />
          <CopyButton value={invite.data.link}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {t(copied ? 'team.copied' : 'team.copy')}
              </Button>
            )}
          </CopyButton>
          <span className="muted small">
            {t('team.until', { time: formatExact(invite.data.expiresAt, i18n.language) })}
          </span>
        </div>
      )}
    </section>
  );
}

function People() {
  const { t } = useTranslation();
  const { data: me } = useMe();
  const { data } = useUsers();
  const { queryClient } = useServices();
  const errorText = useErrorText();
  const change = useMutation({
    mutationFn: ({ id, to }: { id: string; to: 'disable' | 'enable' }) =>
      callApi('POST', `/users/${id}/${to}`, {}),
    onError: (error) =>
      notifications.show({
        color: 'red',
        message: errorText(error),
        role: 'alert',
        closeButtonProps: { 'aria-label': t('app.close') },
      }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: KEYS.users }),
  });
  return (
    <section aria-labelledby="people">
      <h2 id="people">{t('team.people')}</h2>
      <ul className="cards">
        {data?.users.map((user) => (
          <li key={user.id}>
            <span>
              <b>{user.displayName}</b> {user.id === me?.id && <>({t('team.you')})</>}
              <br />
              <span className="muted small">
                {user.email} · {t(`role.${user.role}`)} ·{' '}
                {t(user.disabledAt === null ? 'team.active' : 'team.disabled')}
              </span>
            </span>
            {user.id !== me?.id && (
              <Button
                variant="default"
                size="sm"
                aria-label={`${t(user.disabledAt === null ? 'team.disable' : 'team.enable')}: ${user.displayName}`}
                onClick={() =>
                  change.mutate({ id: user.id, to: user.disabledAt === null ? 'disable' : 'enable' })
                }
              >
                {t(user.disabledAt === null ? 'team.disable' : 'team.enable')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
