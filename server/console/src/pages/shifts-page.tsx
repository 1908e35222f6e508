/** The duty calendar: who works when, what looks wrong in the next week, and what the bot says at this moment. */
import { Alert, Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ShiftWarning, Shifts } from '../../../api/shifts-contract.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { useMe } from '../hooks/queries.ts';
import { useShiftMove, useShifts } from '../hooks/shift.ts';
import { formatDay, formatExact, formatTime } from '../hooks/time.ts';
import { useTitle } from '../hooks/title.ts';
import { ShiftChanges } from '../parts/shift-changes.tsx';
import { ShiftNav } from '../parts/shift-nav.tsx';
import { ShiftTable } from '../parts/shift-table.tsx';
import '../shift.css';

export function ShiftsPage() {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { data, error } = useShifts();
  const { data: me } = useMe();
  const move = useShiftMove();
  useTitle(t('shift.title'));
  const mayEdit = me?.permissions.includes('supervise') === true;
  const fault = error ?? move.error;
  return (
    <div className="page wide shifts">
      <ShiftNav />
      <h1 tabIndex={-1}>{t('shift.title')}</h1>
      {fault !== null && (
        <Alert color="red" role="alert">
          {errorText(fault)}
        </Alert>
      )}
      {data !== undefined && (
        <>
          <Duty data={data} />
          <ShiftTable data={data} mayEdit={mayEdit} move={move} />
          <ShiftChanges data={data} mayEdit={mayEdit} move={move} />
          <NextDays data={data} />
        </>
      )}
    </div>
  );
}

function Duty({ data: { duty, weekly, changes } }: { data: Shifts }) {
  const { t, i18n } = useTranslation();
  const isEmpty = weekly.length === 0 && changes.length === 0;
  return (
    <section aria-labelledby="duty">
      <h2 id="duty">{t('shift.duty')}</h2>
      <p className="duty" data-on={duty.isStaffed}>
        <b>{t(duty.isStaffed ? 'shift.staffed' : 'shift.unstaffed')}</b> {!duty.isStaffed && t(whyNot(duty))}
      </p>
      {duty.nextAt !== null && <p>{t('shift.next', { time: formatExact(duty.nextAt, i18n.language) })}</p>}
      {isEmpty && <p className="muted">{t('shift.noCalendar')}</p>}
    </section>
  );
}

function whyNot({ isSeen, hasCalendar }: Shifts['duty']): string {
  if (!isSeen) return 'shift.notSeen';
  return hasCalendar ? 'shift.noShift' : 'shift.notSeen';
}

const FIRST_SHOWN = 6;

function NextDays({ data }: { data: Shifts }) {
  const { t, i18n } = useTranslation();
  const [showsAll, setShowsAll] = useState(false);
  const nameOf = (id: string): string => data.people.find((one) => one.id === id)?.displayName ?? '';
  const describe = ({ kind, userId, day, from, to }: ShiftWarning): string =>
    t(`shift.warning.${kind}`, {
      name: userId === null ? '' : nameOf(userId),
      day: formatDay(`${day}T05:00:00Z`, i18n.language),
      from: from === null ? '' : formatExact(from, i18n.language),
      to: to === null ? '' : formatExact(to, i18n.language),
    });
  const shown = showsAll ? data.warnings : data.warnings.slice(0, FIRST_SHOWN);
  return (
    <section aria-labelledby="next-days">
      <h2 id="next-days">{t('shift.nextDays')}</h2>
      {data.warnings.length === 0 && <p className="muted">{t('shift.noWarnings')}</p>}
      <ul className="warnings">
        {shown.map((one) => (
          <li key={`${one.kind} ${one.day} ${one.from ?? ''} ${one.userId ?? ''}`} data-kind={one.kind}>
            {describe(one)}
          </li>
        ))}
      </ul>
      {data.warnings.length > shown.length && (
        <Button variant="default" onClick={() => setShowsAll(true)}>
          {t('shift.moreWarnings', { n: data.warnings.length - shown.length })}
        </Button>
      )}
      <dl className="days">
        {data.days.map(({ day, shifts }) => (
          <div key={day}>
            <dt>{formatDay(`${day}T05:00:00Z`, i18n.language)}</dt>
            <dd>
              {shifts.length === 0
                ? t('shift.nobody')
                : shifts
                    .map((one) =>
                      t(one.isExtra ? 'shift.oneExtra' : 'shift.one', {
                        name: nameOf(one.userId),
                        from: formatTime(one.startsAt, i18n.language),
                        to: formatTime(one.endsAt, i18n.language),
                      }),
                    )
                    .join('; ')}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
