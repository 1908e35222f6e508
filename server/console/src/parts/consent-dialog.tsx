/** What the person agrees to now: read out, chosen, said by themselves. */
import { Alert, Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Consent } from '../../../api/case-contract.ts';
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

/** Base tag with subtags, as the server takes it. */
const TAG = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$/;

export function ConsentDialog({ channel, keepsIdentity, isSending, onClose, onConsent }: Props) {
  const { t } = useTranslation();
  const [draft, change] = useConsentDraft(channel);
  const [language, setLanguage] = useState('vi');
  const consent = TAG.test(language) ? readConsent(draft, language) : null;
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
        <TextInput
          label={t('care.consentLanguage')}
          description={t('care.consentLanguageHelp')}
          maxLength={12}
          autoComplete="off"
          value={language}
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
