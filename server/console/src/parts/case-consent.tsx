/** What the person agreed to, in which words and when; taking it back. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatExact } from '../hooks/time.ts';
import type { CasePartProps } from '../pages/case-page.tsx';

export function CaseConsent({ one, send, isSending }: CasePartProps) {
  const { t, i18n } = useTranslation();
  const { consent, consentWithdrawnAt, basis, supervisor } = one;
  const exact = (iso: string): string => formatExact(iso, i18n.language);
  return (
    <section aria-labelledby="case-consent">
      <h2 id="case-consent">{t('cases.consent')}</h2>
      {basis !== 'consent' && (
        <p>{t('cases.exception', { why: t(`cases.basis.${basis}`), name: supervisor ?? '' })}</p>
      )}
      {consent !== null && (
        <p>
          {t(`cases.level.${consent.level}`)} ·{' '}
          {consent.purposes.map((one) => t(`cases.purpose.${one}`)).join(', ')}
          <br />
          <span className="muted small">
            {t('cases.consentSaid', {
              time: exact(consent.saidAt),
              channel: t([`cases.way.${consent.channel}`, `channel.${consent.channel}`]),
              language: consent.language,
              version: consent.textVersion,
            })}
          </span>
        </p>
      )}
      {consentWithdrawnAt !== null && (
        <p className="overdue">{t('cases.withdrawn', { time: exact(consentWithdrawnAt) })}</p>
      )}
      {consent !== null && consentWithdrawnAt === null && one.state === 'open' && (
        <Button
          variant="default"
          size="sm"
          disabled={isSending}
          onClick={() => send({ path: 'consent/withdraw', body: {} })}
        >
          {t('cases.withdraw')}
        </Button>
      )}
    </section>
  );
}
