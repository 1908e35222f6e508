/** Showing the second factor: a code of the app, a recovery code, or a passkey. */
import { Alert, Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Factors, Me } from '../../../api/contract.ts';
import { callApi } from '../app/api.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { hasPasskeys, showPasskey } from '../hooks/passkey.ts';

interface Props {
  factors: Factors;
  onShown: (me: Me) => void;
}

export function FactorForm({ factors, onShown }: Props) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const mayUsePasskey = factors.passkeys.length > 0 && hasPasskeys();
  const [isRecovery, setRecovery] = useState(!factors.app && !mayUsePasskey);
  const [code, setCode] = useState('');
  const show = useMutation({
    mutationFn: (how: 'code' | 'passkey') =>
      how === 'passkey' ? showPasskey() : callApi<Me>('POST', '/me/factor', { code }),
    onSuccess: onShown,
    // a code that was wrong is not typed on from
    onError: () => setCode(''),
  });
  useEffect(() => {
    document.getElementById('factor-code')?.focus();
  }, [isRecovery]);
  const hasField = factors.app || isRecovery;
  return (
    <>
      {show.isError && (
        <Alert color="red" role="alert">
          {errorText(show.error)}
        </Alert>
      )}
      {mayUsePasskey && (
        <Button
          size="md"
          fullWidth
          variant={factors.app ? 'default' : 'filled'}
          loading={show.isPending && show.variables === 'passkey'}
          onClick={() => show.mutate('passkey')}
        >
          {t('factor.usePasskey')}
        </Button>
      )}
      {hasField && (
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            show.mutate('code');
          }}
        >
          <TextInput
            id="factor-code"
            key={isRecovery ? 'recovery' : 'app'}
            label={t(isRecovery ? 'factor.recoveryCode' : 'factor.code')}
            description={t(isRecovery ? 'factor.recoveryHelp' : 'factor.codeHelp')}
            autoComplete={isRecovery ? 'off' : 'one-time-code'}
            inputMode={isRecovery ? 'text' : 'numeric'}
            spellCheck={false}
            maxLength={20}
            required
            withAsterisk={false}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          <Button
            type="submit"
            size="md"
            fullWidth
            loading={show.isPending && show.variables === 'code'}
            disabled={code.trim().length < 6}
          >
            {t('factor.submit')}
          </Button>
        </form>
      )}
      {(factors.app || mayUsePasskey) && (
        <button
          type="button"
          className="link"
          onClick={() => {
            setRecovery((before) => !before);
            setCode('');
            show.reset();
          }}
        >
          {t(isRecovery ? 'factor.noRecovery' : 'factor.useRecovery')}
        </button>
      )}
      <p className="muted small">{t('factor.lost')}</p>
    </>
  );
}
