/** What the person agrees to now: read out, chosen, said by themselves. */
import { Alert, Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Consent } from '../../../api/case-contract.ts';
import { LANGUAGES } from '../hooks/languages.ts';
import { ConsentFields, readConsent, useConsentDraft } from './consent-fields.tsx';
import { Dialog } from './dialog.tsx';

interface Props {
  channel: string;
  /** a name or a number is kept now, and goes when they want to stay anonymous */
  keepsIdentity: boolean;
  isSending: boolean;
  onClose: () => void;
  onConsent: (consent: Consent) => void;
}

export function ConsentDialog({ channel, keepsIdentity, isSending, onClose, onConsent }: Props) {
  const { t } = useTranslation();
  const [draft, change] = useConsentDraft(channel);
  const [language, setLanguage] = useState<string>('vi');
  const consent = readConsent(draft, language);
  return (
    <Dialog opened onClose={onClose} title={t('care.consentRecord')}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (consent !== null) onConsent(consent);
        }}
      >
        <ConsentFields draft={draft} onChange={change} />
        <NativeSelect
          label={t('care.consentLanguage')}
          value={language}
          data={LANGUAGES.map((code) => ({ value: code, label: t(`language.${code}`) }))}
          onChange={({ currentTarget }) => setLanguage(currentTarget.value)}
        />
        {draft.level === 'anonymous' && keepsIdentity && (
          <Alert color="orange">{t('care.consentForgets')}</Alert>
        )}
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            {t('outcome.cancel')}
          </Button>
          <Button type="submit" disabled={consent === null} loading={isSending}>
            {t('care.consentDo')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
