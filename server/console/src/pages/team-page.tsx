/** The team: what waits for a second person, invitations by a one-time link, and the accounts. */
import { Alert, Button, CopyButton, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Invitation, Role } from '../../../api/contract.ts';
import { callApi } from '../app/api.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { useMe } from '../hooks/queries.ts';
import { useStepUp } from '../hooks/step-up.ts';
import { formatExact } from '../hooks/time.ts';
import { useTitle } from '../hooks/title.ts';
import { Approvals } from '../parts/approvals.tsx';
import { Colleagues } from '../parts/colleagues.tsx';
import { RoleChoice } from '../parts/role-choice.tsx';

export function TeamPage() {
  const { t } = useTranslation();
  const { data: me } = useMe();
  useTitle(t('team.title'));
  return (
    <div className="page">
      <h1 tabIndex={-1}>{t('team.title')}</h1>
      <Approvals />
      {me?.permissions.includes('accounts') === true && <Invite />}
      {me !== undefined && <Colleagues me={me} />}
    </div>
  );
}

function Invite() {
  const { t, i18n } = useTranslation();
  const errorText = useErrorText();
  const [role, setRole] = useState<Role>('counsellor');
  const withStepUp = useStepUp();
  const invite = useMutation({
    mutationFn: () => withStepUp(() => callApi<Invitation>('POST', '/invitations', { role })),
  });
  return (
    <section aria-labelledby="invite">
      <h2 id="invite">{t('team.invite')}</h2>
      <RoleChoice
        label={t('team.role')}
        value={role}
        onChange={(value) => {
          setRole(value);
          invite.reset();
        }}
      />
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
