/** The accounts of the team and what can be done with each. */
import { Button, Menu } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Carried, Me, User } from '../../../api/contract.ts';
import { callApi } from '../app/api.ts';
import { useServices } from '../app/services.ts';
import { KEYS, useUsers } from '../hooks/queries.ts';
import { useStepUp } from '../hooks/step-up.ts';
import { useToasts } from '../hooks/toast.ts';
import { ResetDialog, RoleDialog } from './colleague-dialogs.tsx';

interface Change {
  user: User;
  to: 'disable' | 'enable' | 'end-sessions' | 'role' | 'reset-factor';
  body?: object;
}

export function Colleagues({ me }: { me: Me }) {
  const { t } = useTranslation();
  const { data } = useUsers();
  const { queryClient } = useServices();
  const withStepUp = useStepUp();
  const { tell, fail } = useToasts();
  const [dialog, setDialog] = useState<{ kind: 'role' | 'reset'; user: User } | null>(null);
  const close = (): void => setDialog(null);
  const change = useMutation({
    mutationFn: ({ user, to, body }: Change) =>
      withStepUp(() => callApi<Partial<Carried>>('POST', `/users/${user.id}/${to}`, body ?? {})),
    onSuccess: ({ state }, { user, to }) => {
      close();
      const name = user.displayName;
      tell(t(state === 'waiting' ? 'team.waits' : `team.did.${to}`, { name }));
    },
    onError: fail,
    onSettled: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: KEYS.users }),
        queryClient.invalidateQueries({ queryKey: KEYS.approvals }),
      ]),
  });
  return (
    <section aria-labelledby="people">
      <h2 id="people">{t('team.people')}</h2>
      <ul className="cards">
        {data?.users.map((user) => (
          <li key={user.id}>
            <Card user={user} isMe={user.id === me.id} />
            {user.id !== me.id && (
              <span className="card-actions">
                {me.permissions.includes('accounts') && (
                  <Button
                    variant="default"
                    size="sm"
                    aria-label={`${t(user.disabledAt === null ? 'team.disable' : 'team.enable')}: ${user.displayName}`}
                    onClick={() =>
                      change.mutate({ user, to: user.disabledAt === null ? 'disable' : 'enable' })
                    }
                  >
                    {t(user.disabledAt === null ? 'team.disable' : 'team.enable')}
                  </Button>
                )}
                <Menu position="bottom-end" withinPortal hideDetached={false}>
                  <Menu.Target>
                    <Button
                      variant="default"
                      size="sm"
                      aria-label={`${t('team.actions')}: ${user.displayName}`}
                    >
                      ⋯
                    </Button>
                  </Menu.Target>
                  <Menu.Dropdown>
                    {me.permissions.includes('accounts') && user.disabledAt === null && (
                      <Menu.Item onClick={() => setDialog({ kind: 'role', user })}>
                        {t('team.changeRole')}
                      </Menu.Item>
                    )}
                    <Menu.Item onClick={() => setDialog({ kind: 'reset', user })}>
                      {t('team.resetFactor')}
                    </Menu.Item>
                    {me.permissions.includes('accounts') && (
                      <Menu.Item onClick={() => change.mutate({ user, to: 'end-sessions' })}>
                        {t('team.endSessions')}
                      </Menu.Item>
                    )}
                  </Menu.Dropdown>
                </Menu>
              </span>
            )}
          </li>
        ))}
      </ul>
      {dialog?.kind === 'role' && (
        <RoleDialog
          user={dialog.user}
          isPending={change.isPending}
          onCancel={close}
          onChoose={(body) => change.mutate({ user: dialog.user, to: 'role', body })}
        />
      )}
      {dialog?.kind === 'reset' && (
        <ResetDialog
          user={dialog.user}
          isPending={change.isPending}
          onCancel={close}
          onReset={(reason) => change.mutate({ user: dialog.user, to: 'reset-factor', body: { reason } })}
        />
      )}
    </section>
  );
}

function Card({ user, isMe }: { user: User; isMe: boolean }) {
  const { t } = useTranslation();
  return (
    <span>
      <b>{user.displayName}</b> {isMe && <>({t('team.you')})</>}
      <br />
      <span className="muted small">
        {user.email} · {t(`role.${user.role}`)} ·{' '}
        {t(user.disabledAt === null ? 'team.active' : 'team.disabled')} ·{' '}
        {t(user.hasFactor ? 'team.factor' : 'team.noFactor')} · {t('team.sessions', { n: user.openSessions })}
      </span>
    </span>
  );
}
