/** Risk as word, colour and shape together: none of them is needed to understand it. */
import { useTranslation } from 'react-i18next';
import type { Risk } from '../../../api/contract.ts';

const SHAPES: Readonly<Record<Risk, string>> = {
  // octagon, triangle, diamond, circle
  imminent: 'M5 1h6l4 4v6l-4 4H5l-4-4V5z',
  high: 'M8 1.2 15.4 14.5H.6z',
  concern: 'M8 .8 15.2 8 8 15.2.8 8z',
  none: 'M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11z',
};

export function RiskMark({ risk, large = false }: { risk: Risk; large?: boolean }) {
  const { t } = useTranslation();
  return (
    <span className={large ? 'risk risk-large' : 'risk'} data-risk={risk}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={SHAPES[risk]} />
        {risk === 'imminent' && (
          <path className="risk-sign" d="M7.1 3.6h1.8v5.4H7.1zM7.1 10.4h1.8v1.9H7.1z" />
        )}
        {risk === 'high' && <path className="risk-sign" d="M7.2 6h1.6v4H7.2zM7.2 11h1.6v1.6H7.2z" />}
      </svg>
      {t(`risk.${risk}`)}
    </span>
  );
}
