/** What names somebody: masked until a reason was given and the second factor shown; nothing of it stays in the browser. */
import { Button, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Identity } from '../../../api/case-contract.ts';
import { callApi } from '../app/api.ts';
import { useStepUp } from '../hooks/step-up.ts';
import { useToasts } from '../hooks/toast.ts';
import type { CasePartProps } from '../pages/case-page.tsx';
import { Dialog } from './dialog.tsx';
import { ReasonDialog } from './reason-dialog.tsx';

const PARTS = ['name', 'phone', 'birthYear', 'address', 'other'] as const;

export function CaseIdentity({ one, send, isSending }: CasePartProps) {
  const { t } = useTranslation();
  const { fail } = useToasts();
  const client = useQueryClient();
  const withStepUp = useStepUp();
  const [asked, setAsked] = useState(false);
  const [shown, setShown] = useState<Identity | null>(null);
  const [part, setPart] = useState<(typeof PARTS)[number] | null>(null);
  const isAnonymous = one.consent?.level === 'anonymous';
  const unmask = (reason: string): void => {
    setAsked(false);
    withStepUp(() => callApi<{ identity: Identity }>('POST', `/cases/${one.id}/unmask`, { reason })).then(
      ({ identity }) => {
        setShown(identity);
        // the look stands in the line of what happened
        void client.invalidateQueries({ queryKey: ['cases'] });
      },
      fail,
    );
  };
  return (
    <section aria-labelledby="case-identity">
      <h2 id="case-identity">{t('cases.identity')}</h2>
      <p className="muted">{t(isAnonymous ? 'cases.anonymous' : 'cases.identityHelp')}</p>
      {!isAnonymous && (
        <>
          <dl className="case-facts">
            {PARTS.map((name) => (
              <div key={name} className="care-actions">
                <dt>{t(`cases.part.${name}`)}</dt>
                <dd>
                  {one.identity.includes(name) ? t('cases.masked') : t('cases.notKept')}{' '}
                  {one.state === 'open' && (
                    <button
                      type="button"
                      className="link"
                      aria-label={t('cases.writePart', { part: t(`cases.part.${name}`) })}
                      onClick={() => setPart(name)}
                    >
                      {t('cases.write')}
                    </button>
                  )}
                </dd>
              </div>
            ))}
          </dl>
          <Button variant="default" disabled={one.identity.length === 0} onClick={() => setAsked(true)}>
            {t('cases.unmask')}
          </Button>
        </>
      )}
      {asked && (
        <ReasonDialog
          title={t('cases.unmask')}
          help={t('cases.unmaskHelp')}
          onClose={() => setAsked(false)}
          onReason={unmask}
        />
      )}
      {part !== null && (
        <WriteDialog
          part={part}
          isSending={isSending}
          onClose={() => setPart(null)}
          onWrite={(text) =>
            send({ path: 'identity', body: { identity: { [part]: text } } }, () => setPart(null))
          }
        />
      )}
      <Dialog opened={shown !== null} onClose={() => setShown(null)} title={t('cases.identity')}>
        <dl className="case-facts">
          {PARTS.filter((name) => shown?.[name] !== '').map((name) => (
            <div key={name}>
              <dt>{t(`cases.part.${name}`)}</dt>
              <dd className="care-text" dir="auto">
                {shown?.[name]}
              </dd>
            </div>
          ))}
        </dl>
      </Dialog>
    </section>
  );
}

function WriteDialog({
  part,
  isSending,
  onClose,
  onWrite,
}: {
  part: (typeof PARTS)[number];
  isSending: boolean;
  onClose: () => void;
  onWrite: (text: string) => void;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const Field = part === 'other' || part === 'address' ? Textarea : TextInput;
  return (
    <Dialog opened onClose={onClose} title={t('cases.writePart', { part: t(`cases.part.${part}`) })}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          onWrite(text);
        }}
      >
        <p>{t('cases.writeHelp')}</p>
        <Field
          label={t(`cases.part.${part}`)}
          maxLength={{ name: 100, phone: 40, birthYear: 4, address: 200, other: 300 }[part]}
          autoComplete="off"
          value={text}
          onChange={({ currentTarget }: { currentTarget: { value: string } }) => setText(currentTarget.value)}
        />
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            {t('outcome.cancel')}
          </Button>
          <Button type="submit" loading={isSending}>
            {t('cases.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
