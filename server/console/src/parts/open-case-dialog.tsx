/** A case begins with what the person agreed to; without that only to protect them, and in a supervisor's name. */
import { Alert, Button, NativeSelect, Radio, Textarea } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '../../../api/contract.ts';
import '../care.css';
import { useCaseOptions, useConversationPost } from '../hooks/care.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { ConsentFields, readConsent, useConsentDraft } from './consent-fields.tsx';
import { Dialog } from './dialog.tsx';

const BASES = ['consent', 'danger_to_life', 'child'] as const;
export function OpenCaseDialog({
  conversation,
  onClose,
}: {
  conversation: Conversation;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const navigate = useNavigate();
  const { data: options } = useCaseOptions();
  const post = useConversationPost(conversation.id);
  const [basis, setBasis] = useState<(typeof BASES)[number]>('consent');
  const [draft, change] = useConsentDraft(conversation.channel);
  const [reason, setReason] = useState('');
  const [supervisorId, setSupervisorId] = useState('');
  const consent = basis === 'consent' ? readConsent(draft, conversation.language) : null;
  const isReady = basis === 'consent' ? consent !== null : reason.trim().length >= 3 && supervisorId !== '';
  const open = (): void => {
    const exception = basis === 'consent' ? null : { kind: basis, reason, supervisorId };
    post.mutate(
      { path: 'case', body: { consent, exception } },
      {
        onSuccess: (answer) => {
          onClose();
          const caseId = readId(answer);
          if (caseId !== null) void navigate({ to: '/cases/$caseId', params: { caseId } });
        },
      },
    );
  };
  return (
    <Dialog opened onClose={onClose} title={t('care.openCase')}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) open();
        }}
      >
        {post.error !== null && (
          <Alert color="red" role="alert">
            {errorText(post.error)}
          </Alert>
        )}
        <Radio.Group
          label={t('care.basisAsk')}
          value={basis}
          onChange={(value) => setBasis(BASES.find((one) => one === value) ?? 'consent')}
        >
          <div className="outcomes">
            {BASES.map((one) => (
              <Radio key={one} value={one} label={t(`care.basis.${one}`)} />
            ))}
          </div>
        </Radio.Group>
        {basis === 'consent' ? (
          <ConsentFields draft={draft} onChange={change} />
        ) : (
          <>
            <Textarea
              label={t('care.exceptionWhy')}
              description={t('care.reasonHelp')}
              maxLength={300}
              autoComplete="off"
              value={reason}
              onChange={({ currentTarget }) => setReason(currentTarget.value)}
            />
            <NativeSelect
              label={t('care.supervisor')}
              value={supervisorId}
              data={[
                { value: '', label: t('care.choose') },
                ...(options?.supervisors ?? []).map(({ id, displayName }) => ({
                  value: id,
                  label: displayName,
                })),
              ]}
              onChange={({ currentTarget }) => setSupervisorId(currentTarget.value)}
            />
          </>
        )}
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            {t('outcome.cancel')}
          </Button>
          <Button type="submit" disabled={!isReady} loading={post.isPending}>
            {t('care.openCase')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function readId(answer: unknown): string | null {
  const isOpened = typeof answer === 'object' && answer !== null && 'caseId' in answer;
  return isOpened && typeof answer.caseId === 'string' ? answer.caseId : null;
}
