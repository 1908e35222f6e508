/** Making an account from a one-time link. The token is in the fragment, which no server sees, and leaves the address at once. */
import { Alert, Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me, Role } from '../../../api/contract.ts';
import { ApiError, callApi } from '../app/api.ts';
import { useServices } from '../app/services.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { KEYS } from '../hooks/queries.ts';
import { useTitle } from '../hooks/title.ts';
import { Gate } from '../parts/gate.tsx';

export function SetupPage() {
  const { t } = useTranslation();
  const [token] = useState(() => window.location.hash.slice(1));
  useEffect(() => {
    window.history.replaceState(window.history.state, '', window.location.pathname);
  }, []);
  const link = useQuery({
    queryKey: ['setup', token],
    queryFn: () =>
      callApi<{ purpose: 'first_admin' | 'invite'; role: Role }>('POST', '/setup/check', { token }),
    retry: false,
    staleTime: Infinity,
  });
  const title = link.isError
    ? t('setup.dead')
    : t(link.data?.purpose === 'first_admin' ? 'setup.titleFirst' : 'setup.titleInvite');
  useTitle(title);
  return (
    <Gate title={title}>
      {link.isPending && <p>{t('app.loading')}</p>}
      {link.isError && <p>{t('setup.deadHelp')}</p>}
      {link.data !== undefined && <SetupForm token={token} role={link.data.role} />}
    </Gate>
  );
}

/** Which field a refusal belongs to. */
const FIELD_OF: Readonly<Record<string, 'email' | 'password'>> = {
  email_taken: 'email',
  password_too_short: 'password',
  password_too_long: 'password',
  password_common: 'password',
};

function SetupForm({ token, role }: { token: string; role: Role }) {
  const { t, i18n } = useTranslation();
  const { queryClient } = useServices();
  const navigate = useNavigate();
  const errorText = useErrorText();
  const [displayName, setDisplayName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const create = useMutation({
    mutationFn: () =>
      callApi<Me>('POST', '/setup', { token, displayName, email, password, uiLanguage: i18n.language }),
    onSuccess: async (me) => {
      queryClient.setQueryData(KEYS.me, me);
      await navigate({ to: '/', replace: true });
    },
  });
  const refusal = create.error instanceof ApiError ? create.error.refusal : null;
  const fields = new Set([...(refusal?.fields ?? []), FIELD_OF[refusal?.code ?? ''] ?? '']);
  const faultOf = (field: 'displayName' | 'email' | 'password'): string | undefined => {
    if (!fields.has(field)) return undefined;
    if (refusal?.code !== 'bad_request') return errorText(create.error);
    return t(
      field === 'displayName' ? 'error.name' : field === 'email' ? 'error.email' : 'error.bad_request',
    );
  };
  const hasFieldFault = faultOf('displayName') ?? faultOf('email') ?? faultOf('password');
  return (
    <>
      <p className="muted">
        {t('setup.asRole', { role: t(`role.${role}`) })}. {t(`roleHelp.${role}`)}
      </p>
      {create.isError && hasFieldFault === undefined && (
        <Alert color="red" role="alert">
          {errorText(create.error)}
        </Alert>
      )}
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <TextInput
          label={t('setup.name')}
          description={t('setup.nameHelp')}
          autoComplete="name"
          maxLength={60}
          required
          withAsterisk={false}
          value={displayName}
          onChange={(event) => setDisplayName(event.currentTarget.value)}
          error={faultOf('displayName')}
        />
        <TextInput
          label={t('setup.email')}
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={faultOf('email')}
        />
        <PasswordInput
          label={t('setup.password')}
          description={t('setup.passwordHelp')}
          autoComplete="new-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={faultOf('password')}
        />
        <Button type="submit" size="md" loading={create.isPending} fullWidth>
          {t('setup.submit')}
        </Button>
      </form>
    </>
  );
}
