/** A plan of safe contact in sentences; what was typed stays text. */
import { useTranslation } from 'react-i18next';
import type { Plan } from '../../../api/safe-contact-contract.ts';

export function PlanText({ plan }: { plan: Plan }) {
  const { t } = useTranslation();
  // hours that hold nothing back would only confuse
  const times = plan.mayWriteFirst || plan.answers === 'times' ? plan.times : [];
  const typed = [
    ['care.disguiseIs', plan.disguise],
    ['care.safeWordIs', plan.safeWord],
    ['care.noteIs', plan.note],
  ] as const;
  return (
    <ul className="care-list">
      <li>{t(plan.mayWriteFirst ? 'care.firstYes' : 'care.firstNo')}</li>
      {times.map(({ days, from, to }, index) => (
        <li key={index}>
          {t('care.time', {
            days: days.map((day) => t(`care.day.${String(day)}`)).join(', '),
            ...{ from, to },
            zone: plan.zone === 'Asia/Ho_Chi_Minh' ? t('care.vietnamTime') : plan.zone,
          })}
        </li>
      ))}
      {plan.mayWriteFirst && (
        <li>
          {t('care.waysAre', {
            list:
              plan.ways.map((way) => t([`care.way.${way}`, `channel.${way}`])).join(', ') || t('care.noWay'),
          })}
        </li>
      )}
      <li>{t(`care.answers.${plan.answers}`)}</li>
      <li>{t(`care.wording.${plan.wording}`)}</li>
      {plan.othersRead !== 'no' && <li>{t(`care.othersRead.${plan.othersRead}`)}</li>}
      {typed.map(([label, text]) =>
        text === '' ? null : (
          <li key={label} className="care-text">
            {t(label)} <b dir="auto">{text}</b>
          </li>
        ),
      )}
    </ul>
  );
}
