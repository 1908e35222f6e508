/** What the person agreed to, in which words and when; agreeing anew, and taking it back. */
import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { withTopic } from '../app/topic-part.ts';
import { formatExact } from '../hooks/time.ts';
import type { CasePartProps } from '../pages/case-page.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';

/** with the words that are read out, which the desk has too */
const ConsentDialog = lazy(
  withTopic('care', () => import('./consent-dialog.tsx').then((part) => ({ default: part.ConsentDialog }))),
);

export function CaseConsent({ one, send, isSending }: CasePartProps) {
  const { t, i18n } = useTranslation();
  const { consent, consentWithdrawnAt, basis, supervisor } = one;
  const [opened, setOpened] = useState<'give' | 'withdraw' | null>(null);
  const close = (): void => setOpened(null);
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
      {one.state === 'open' && (
        <div className="card-actions">
          <Button variant="default" size="sm" disabled={isSending} onClick={() => setOpened('give')}>
            {t(
              consent === null || consentWithdrawnAt !== null ? 'cases.consentRecord' : 'cases.consentChange',
            )}
          </Button>
          {consent !== null && consentWithdrawnAt === null && (
            <Button variant="default" size="sm" disabled={isSending} onClick={() => setOpened('withdraw')}>
              {t('cases.withdraw')}
            </Button>
          )}
        </div>
      )}
      {opened === 'withdraw' && (
        <ConfirmDialog
          title={t('cases.withdraw')}
          help={t('cases.withdrawHelp')}
          isSending={isSending}
          onClose={close}
          onConfirm={() => send({ path: 'consent/withdraw', body: {} }, close)}
        />
      )}
      {opened === 'give' && (
        <Suspense fallback={null}>
          <ConsentDialog
            channel={one.contacts[0]?.channel ?? 'phone'}
            keepsIdentity={one.identity.length > 0}
            isSending={isSending}
            onClose={close}
            onConsent={(said) => send({ path: 'consent', body: { consent: said } }, close)}
          />
        </Suspense>
      )}
    </section>
  );
}
