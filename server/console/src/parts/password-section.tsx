/** A new password for one's own account; the other sessions end with it. */
import { Alert, Button, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me } from '../../../api/contract.ts';
import { callApi, codeOf } from '../app/api.ts';
import { useServices } from '../app/services.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { KEYS } from '../hooks/queries.ts';
import { useStepUp } from '../hooks/step-up.ts';
import { useToasts } from '../hooks/toast.ts';

export function PasswordSection() {
  const { t } = useTranslation();
  const { queryClient } = useServices();
  const errorText = useErrorText();
  const withStepUp = useStepUp();
  const { tell } = useToasts();
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const change = useMutation({
    mutationFn: () => withStepUp(() => callApi<Me>('POST', '/me/password', { current, password })),
    onSuccess: (me) => {
      queryClient.setQueryData(KEYS.me, me);
      setCurrent('');
      setPassword('');
      tell(t('password.changed'));
      void queryClient.invalidateQueries({ queryKey: KEYS.sessions });
    },
  });
  const code = change.isError ? codeOf(change.error) : '';
  const isAbout = (prefix: string): boolean => code.startsWith(prefix);
  const isNew = isAbout('password_') && code !== 'password_wrong';
  return (
    <section aria-labelledby="password">
      <h2 id="password">{t('password.title')}</h2>
      {change.isError && !isAbout('password_') && (
        <Alert color="red" role="alert">
          {errorText(change.error)}
        </Alert>
      )}
      <form
        className="form narrow"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        <PasswordInput
          label={t('password.current')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
          error={code === 'password_wrong' ? errorText(change.error) : undefined}
        />
        <PasswordInput
          label={t('password.new')}
          description={t('setup.passwordHelp')}
          autoComplete="new-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={isNew ? errorText(change.error) : undefined}
        />
        <p className="muted small">{t('password.others')}</p>
        <div>
          <Button type="submit" variant="default" loading={change.isPending}>
            {t('password.change')}
          </Button>
        </div>
      </form>
    </section>
  );
}
