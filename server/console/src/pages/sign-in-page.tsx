/** The way in for staff. */
import { Alert, Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me } from '../../../api/contract.ts';
import { callApi } from '../app/api.ts';
import { chooseLanguage } from '../app/i18n.ts';
import { useServices } from '../app/services.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { KEYS } from '../hooks/queries.ts';
import { useTitle } from '../hooks/title.ts';
import { Gate } from '../parts/gate.tsx';

export function SignInPage() {
  const { t, i18n } = useTranslation();
  const { queryClient } = useServices();
  const navigate = useNavigate();
  const { over } = useSearch({ strict: false });
  const errorText = useErrorText();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  useTitle(t('signIn.title'));
  const signIn = useMutation({
    mutationFn: () => callApi<Me>('POST', '/sign-in', { email, password }),
    onSuccess: async (me) => {
      queryClient.setQueryData(KEYS.me, me);
      await chooseLanguage(i18n, me.uiLanguage);
      await navigate({ to: '/', replace: true });
    },
  });
  return (
    <Gate title={t('signIn.title')}>
      {over === true && !signIn.isError && <Alert role="status">{t('session.over')}</Alert>}
      {signIn.isError && (
        <Alert color="red" role="alert">
          {errorText(signIn.error)}
        </Alert>
      )}
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          signIn.mutate();
        }}
      >
        <TextInput
          label={t('signIn.email')}
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label={t('signIn.password')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" size="md" loading={signIn.isPending} fullWidth>
          {t('signIn.submit')}
        </Button>
      </form>
      <p className="muted small">{t('signIn.help')}</p>
    </Gate>
  );
}
