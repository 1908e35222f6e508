/** What is known, in codes; each may stay empty. */
import { Button, Checkbox, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Fields } from '../../../api/case-contract.ts';
import { useCaseOptions } from '../hooks/care.ts';
import { useToasts } from '../hooks/toast.ts';
import type { CasePartProps } from '../pages/case-page.tsx';

const ONE = {
  ageBand: ['under_16', '16_17', '18_24', '25_34', '35_49', '50_up'],
  sex: ['female', 'male', 'other'],
  recruiter: ['partner', 'family', 'friend', 'neighbour', 'employer', 'broker', 'online_stranger', 'other'],
  status: ['at_risk', 'held', 'out_abroad', 'returned', 'awaits_decision', 'confirmed', 'not_confirmed'],
} as const;
const SEVERAL = {
  forms: [
    ...(['sexual', 'labour', 'domestic', 'online_fraud', 'marriage', 'begging'] as const),
    ...(['organs', 'surrogacy', 'child_sale', 'other'] as const),
  ],
  means: [
    ...(['deception', 'debt', 'threats', 'violence', 'confinement', 'documents_taken'] as const),
    ...(['pay_withheld', 'drugs', 'other'] as const),
  ],
} as const;
const SINGLE = ['ageBand', 'sex', 'recruiter', 'status'] as const;
const MULTIPLE = ['forms', 'means'] as const;

export function CaseFields({ one, send, isSending }: CasePartProps) {
  const { t } = useTranslation();
  const { tell } = useToasts();
  const { data: options } = useCaseOptions();
  const [fields, setFields] = useState<Fields>(one.fields);
  const isOpen = one.state === 'open';
  const nothing = { value: '', label: t('cases.unknown') };
  const places = [
    ['country', options?.countries ?? []],
    ['province', options?.provinces ?? []],
  ] as const;
  return (
    <section aria-labelledby="case-fields">
      <h2 id="case-fields">{t('cases.known')}</h2>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          send({ path: 'fields', body: { revision: one.revision, fields } }, () => tell(t('cases.saved')));
        }}
      >
        <div className="case-form">
          {SINGLE.map((name) => (
            <NativeSelect
              key={name}
              label={t(`cases.field.${name}`)}
              disabled={!isOpen}
              value={fields[name] ?? ''}
              data={[nothing, ...ONE[name].map((value) => ({ value, label: t(`cases.${name}.${value}`) }))]}
              onChange={({ currentTarget }) => {
                const value = ONE[name].find((option) => option === currentTarget.value) ?? null;
                setFields({ ...fields, [name]: value });
              }}
            />
          ))}
          {places.map(([name, list]) => (
            <NativeSelect
              key={name}
              label={t(`cases.field.${name}`)}
              disabled={!isOpen}
              value={fields[name] ?? ''}
              data={[nothing, ...list.map(({ id, name: label }) => ({ value: id, label }))]}
              onChange={({ currentTarget }) => {
                const value = currentTarget.value === '' ? null : currentTarget.value;
                setFields({ ...fields, [name]: value });
              }}
            />
          ))}
        </div>
        {MULTIPLE.map((name) => (
          <Checkbox.Group
            key={name}
            label={t(`cases.field.${name}`)}
            value={fields[name]}
            onChange={(chosen) =>
              setFields({ ...fields, [name]: SEVERAL[name].filter((value) => chosen.includes(value)) })
            }
          >
            <div className="care-checks">
              {SEVERAL[name].map((value) => (
                <Checkbox key={value} value={value} disabled={!isOpen} label={t(`cases.${name}.${value}`)} />
              ))}
            </div>
          </Checkbox.Group>
        ))}
        {isOpen && (
          <div>
            <Button type="submit" variant="default" loading={isSending}>
              {t('cases.save')}
            </Button>
          </div>
        )}
      </form>
    </section>
  );
}
