/** The second factors of one's own account: what there is, another one, new recovery codes. */
import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FactorAdded } from '../../../api/contract.ts';
import { callApi } from '../app/api.ts';
import { useServices } from '../app/services.ts';
import { hasPasskeys, makePasskey } from '../hooks/passkey.ts';
import { KEYS, useFactors } from '../hooks/queries.ts';
import { useStepUp } from '../hooks/step-up.ts';
import { formatExact } from '../hooks/time.ts';
import { useToasts } from '../hooks/toast.ts';
import { AppSetup } from './app-setup.tsx';
import { Dialog } from './dialog.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

/** Fewer than this many recovery codes: time for new ones. */
const FEW_CODES = 3;

export function FactorSection() {
  const { t, i18n } = useTranslation();
  const { queryClient } = useServices();
  const { data: factors } = useFactors();
  const withStepUp = useStepUp();
  const { tell, fail } = useToasts();
  const [settingUp, setSettingUp] = useState<'app' | 'passkey' | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const refresh = (): void => void queryClient.invalidateQueries({ queryKey: KEYS.factors });
  const added = ({ me }: FactorAdded): void => {
    queryClient.setQueryData(KEYS.me, me);
    setSettingUp(null);
    refresh();
    tell(t('factor.added'));
  };
  const remove = useMutation({
    mutationFn: (path: string) => withStepUp(() => callApi('POST', `/me/factors/${path}/remove`, {})),
    onSuccess: () => tell(t('factor.removed')),
    onError: fail,
    onSettled: refresh,
  });
  const makeCodes = useMutation({
    mutationFn: () =>
      withStepUp(() => callApi<{ recoveryCodes: string[] }>('POST', '/me/factors/recovery-codes', {})),
    onSuccess: ({ recoveryCodes }) => setCodes(recoveryCodes),
    onError: fail,
    onSettled: refresh,
  });
  if (factors === undefined) return null;
  const { app, passkeys, recoveryCodesLeft } = factors;
  const isLast = (app ? 1 : 0) + passkeys.length === 1;
  const exact = (iso: string): string => formatExact(iso, i18n.language);
  return (
    <section aria-labelledby="factors">
      <h2 id="factors">{t('factor.section')}</h2>
      <ul className="cards">
        <li>
          <span>
            <b>{t('factor.app')}</b>
            <br />
            <span className="muted small">{t(app ? 'factor.isSet' : 'factor.notSet')}</span>
          </span>
          <span className="card-actions">
            <Button variant="default" size="sm" onClick={() => setSettingUp('app')}>
              {t(app ? 'factor.replaceApp' : 'factor.addApp')}
            </Button>
            {app && !isLast && (
              <Button
                variant="default"
                size="sm"
                aria-label={`${t('factor.remove')}: ${t('factor.app')}`}
                onClick={() => remove.mutate('app')}
              >
                {t('factor.remove')}
              </Button>
            )}
          </span>
        </li>
        {passkeys.map(({ id, name, createdAt, lastUsedAt }) => (
          <li key={id}>
            <span>
              <b>
                {t('factor.passkey')}: {name}
              </b>
              <br />
              <span className="muted small">
                {t('passkey.made', { time: exact(createdAt) })}
                {lastUsedAt !== null && <> · {t('passkey.used', { time: exact(lastUsedAt) })}</>}
              </span>
            </span>
            {!isLast && (
              <Button
                variant="default"
                size="sm"
                aria-label={`${t('factor.remove')}: ${name}`}
                onClick={() => remove.mutate(`passkeys/${id}`)}
              >
                {t('factor.remove')}
              </Button>
            )}
          </li>
        ))}
        <li>
          <span>
            <b>{t('recovery.name')}</b>
            <br />
            <span className={recoveryCodesLeft < FEW_CODES ? 'small' : 'muted small'}>
              {t('recovery.left', { n: recoveryCodesLeft })}
            </span>
          </span>
          <Button
            variant="default"
            size="sm"
            loading={makeCodes.isPending}
            onClick={() => makeCodes.mutate()}
          >
            {t('recovery.again')}
          </Button>
        </li>
      </ul>
      {hasPasskeys() && (
        <p>
          <Button variant="default" onClick={() => setSettingUp('passkey')}>
            {t('passkey.add')}
          </Button>
        </p>
      )}
      <Dialog opened={settingUp === 'app'} onClose={() => setSettingUp(null)} title={t('factor.app')}>
        <AppSetup onAdded={added} />
      </Dialog>
      <Dialog opened={settingUp === 'passkey'} onClose={() => setSettingUp(null)} title={t('passkey.add')}>
        <PasskeySetup onAdded={added} />
      </Dialog>
      <Dialog opened={codes !== null} onClose={() => setCodes(null)} title={t('recovery.title')}>
        <RecoveryCodes codes={codes ?? []} onKept={() => setCodes(null)} />
      </Dialog>
    </section>
  );
}

function PasskeySetup({ onAdded }: { onAdded: (added: FactorAdded) => void }) {
  const { t } = useTranslation();
  const withStepUp = useStepUp();
  const { fail } = useToasts();
  const [name, setName] = useState('');
  const make = useMutation({
    mutationFn: () => withStepUp(() => makePasskey(name)),
    onSuccess: onAdded,
    onError: fail,
  });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <p>{t('passkey.help')}</p>
      <TextInput
        label={t('passkey.name')}
        maxLength={60}
        required
        withAsterisk={false}
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" loading={make.isPending} disabled={name.trim() === ''}>
        {t('passkey.make')}
      </Button>
    </form>
  );
}
