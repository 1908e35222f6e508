/** From when to when, and what is spoken: for shifts of the week and for those of one day. */
import { Checkbox, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Hours } from '../hooks/shift.ts';

/** What the desk is asked for in shifts; more can be planned over the API. */
const LANGUAGES = ['vi', 'en', 'km', 'hmn', 'zh', 'lo'];

export function HoursFields({ hours, onChange }: { hours: Hours; onChange: (hours: Hours) => void }) {
  const { t } = useTranslation();
  const { starts, ends, languages } = hours;
  const known = [...LANGUAGES, ...languages.filter((one) => !LANGUAGES.includes(one))];
  return (
    <>
      <div className="pair">
        <TextInput
          type="time"
          label={t('shift.starts')}
          required
          value={starts}
          onChange={(event) => onChange({ ...hours, starts: event.currentTarget.value.slice(0, 5) })}
        />
        <TextInput
          type="time"
          label={t('shift.ends')}
          required
          value={ends}
          onChange={(event) => onChange({ ...hours, ends: event.currentTarget.value.slice(0, 5) })}
        />
      </div>
      {ends !== '' && starts !== '' && ends <= starts && (
        <p role="status">{t(ends === starts ? 'shift.wholeDay' : 'shift.overMidnight')}</p>
      )}
      <Checkbox.Group
        label={t('shift.languages')}
        description={t('shift.languagesHelp')}
        value={languages}
        onChange={(chosen) => onChange({ ...hours, languages: chosen })}
      >
        <div className="weekdays">
          {known.map((one) => (
            <Checkbox key={one} value={one} label={t([`language.${one}`, 'language.vi'])} />
          ))}
        </div>
      </Checkbox.Group>
    </>
  );
}
