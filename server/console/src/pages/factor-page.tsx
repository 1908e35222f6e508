/** After the password: set a second factor up, the first time; show it, every other time. */
import { Alert, Button, SegmentedControl } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Navigate, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FactorAdded, Me } from '../../../api/contract.ts';
import { useServices } from '../app/services.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { hasPasskeys, makePasskey } from '../hooks/passkey.ts';
import { KEYS, useFactors, useMe } from '../hooks/queries.ts';
import { useSignOut } from '../hooks/staff-session.ts';
import { useTitle } from '../hooks/title.ts';
import { AppSetup } from '../parts/app-setup.tsx';
import { FactorForm } from '../parts/factor-form.tsx';
import { Gate } from '../parts/gate.tsx';
import { RecoveryCodes } from '../parts/recovery-codes.tsx';

export function FactorPage() {
  const { t } = useTranslation();
  const { queryClient } = useServices();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const { data: me } = useMe();
  const { data: factors } = useFactors();
  const [added, setAdded] = useState<FactorAdded | null>(null);
  const isFirst = me?.factor === 'missing' || added !== null;
  const title = t(added !== null ? 'recovery.title' : isFirst ? 'factor.setupTitle' : 'factor.title');
  useTitle(title);

  const enter = (shown: Me): void => {
    queryClient.setQueryData(KEYS.me, shown);
    void queryClient.invalidateQueries({ queryKey: KEYS.factors });
    void navigate({ to: '/', replace: true });
  };
  if (me?.factor === 'shown' && added === null) return <Navigate to="/" replace />;
  return (
    <Gate title={title}>
      {(me === undefined || factors === undefined) && <p>{t('app.loading')}</p>}
      {added !== null && <RecoveryCodes codes={added.recoveryCodes ?? []} onKept={() => enter(added.me)} />}
      {added === null && me?.factor === 'missing' && (
        <Enrol onAdded={(one) => (one.recoveryCodes === null ? enter(one.me) : setAdded(one))} />
      )}
      {added === null && me?.factor === 'asked' && factors !== undefined && (
        <FactorForm factors={factors} onShown={enter} />
      )}
      {added === null && (
        <button type="button" className="link" onClick={signOut}>
          {t('nav.signOut')}
        </button>
      )}
    </Gate>
  );
}

function Enrol({ onAdded }: { onAdded: (added: FactorAdded) => void }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [how, setHow] = useState<'app' | 'passkey'>('app');
  const make = useMutation({ mutationFn: () => makePasskey(t('passkey.firstName')), onSuccess: onAdded });
  return (
    <>
      <p className="muted">{t('factor.setupHelp')}</p>
      {hasPasskeys() && (
        <SegmentedControl
          fullWidth
          aria-label={t('factor.kind')}
          value={how}
          onChange={(value) => setHow(value === 'passkey' ? 'passkey' : 'app')}
          data={[
            { value: 'app', label: t('factor.app') },
            { value: 'passkey', label: t('factor.passkey') },
          ]}
        />
      )}
      {how === 'app' ? (
        <AppSetup onAdded={onAdded} />
      ) : (
        <div className="form">
          <p>{t('passkey.help')}</p>
          {make.isError && (
            <Alert color="red" role="alert">
              {errorText(make.error)}
            </Alert>
          )}
          <Button size="md" fullWidth loading={make.isPending} onClick={() => make.mutate()}>
            {t('passkey.make')}
          </Button>
        </div>
      )}
    </>
  );
}
