/** Setting up an authenticator app: a picture to scan or letters to type, then its first code. */
import { Alert, Button, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { encode } from 'uqr';
import type { AppDraft, FactorAdded } from '../../../api/contract.ts';
import { callApi } from '../app/api.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { useStepUp } from '../hooks/step-up.ts';

interface Props {
  onAdded: (added: FactorAdded) => void;
}

export function AppSetup({ onAdded }: Props) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const withStepUp = useStepUp();
  const [code, setCode] = useState('');
  // made when this opens, and forgotten when it closes
  const draft = useQuery({
    queryKey: ['app-draft'],
    queryFn: () => withStepUp(() => callApi<AppDraft>('POST', '/me/factors/app/begin', {})),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const confirm = useMutation({
    mutationFn: () => withStepUp(() => callApi<FactorAdded>('POST', '/me/factors/app/confirm', { code })),
    onSuccess: onAdded,
    onError: () => setCode(''),
  });
  const error: unknown = confirm.error ?? draft.error;
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        confirm.mutate();
      }}
    >
      {error !== null && (
        <Alert color="red" role="alert">
          {errorText(error)}
        </Alert>
      )}
      {draft.data !== undefined && (
        <>
          <ol className="steps">
            <li>{t('factor.step1')}</li>
            <li>
              {t('factor.step2')}
              <QrCode text={draft.data.uri} label={t('factor.qr')} />
              <span className="muted small">{t('factor.secret')}</span>
              <br />
              <code className="secret">{draft.data.secret.match(/.{1,4}/g)?.join(' ')}</code>
            </li>
            <li>{t('factor.step3')}</li>
          </ol>
          <TextInput
            label={t('factor.code')}
            autoComplete="one-time-code"
            inputMode="numeric"
            maxLength={10}
            required
            withAsterisk={false}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          <Button
            type="submit"
            size="md"
            fullWidth
            loading={confirm.isPending}
            disabled={code.trim().length < 6}
          >
            {t('factor.confirm')}
          </Button>
        </>
      )}
    </form>
  );
}

/** Drawn here, so that the secret travels once; dark on white in both themes, as cameras want it. */
function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { ecc: 'M', border: 4 });
  const path = data
    .flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${String(x)} ${String(y)}h1v1h-1z`] : [])))
    .join('');
  return (
    <svg className="qr" role="img" aria-label={label} viewBox={`0 0 ${String(size)} ${String(size)}`}>
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
