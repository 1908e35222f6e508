/** Before something weighty: is it still you? What was asked goes on by itself afterwards. */
import { useTranslation } from 'react-i18next';
import type { Me } from '../../../api/contract.ts';
import { useServices } from '../app/services.ts';
import { useStore } from '../app/store.ts';
import { KEYS, useFactors } from '../hooks/queries.ts';
import { Dialog } from './dialog.tsx';
import { FactorForm } from './factor-form.tsx';

export function StepUpDialog() {
  const { t } = useTranslation();
  const { queryClient, stepUp } = useServices();
  const waiting = useStore(stepUp);
  const { data: factors } = useFactors();
  const shown = (me: Me): void => {
    queryClient.setQueryData(KEYS.me, me);
    waiting?.settle(true);
  };
  return (
    <Dialog opened={waiting !== null} onClose={() => waiting?.settle(false)} title={t('factor.againTitle')}>
      <div className="form">
        <p>{t('factor.againHelp')}</p>
        {factors !== undefined && <FactorForm factors={factors} onShown={shown} />}
      </div>
    </Dialog>
  );
}
