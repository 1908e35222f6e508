/** My shift: a break that drops nobody, and the languages I answer in. */
import { Button, Checkbox, Radio } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MyDesk } from '../../../api/queue-contract.ts';
import { callApi } from '../app/api.ts';
import { useServices } from '../app/services.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { LANGUAGES } from '../hooks/languages.ts';
import { useDeskChanged, useMyDesk } from '../hooks/my-desk.ts';
import { useToasts } from '../hooks/toast.ts';
import { Dialog } from './dialog.tsx';
import './handling.css';

export function DeskDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const { data } = useMyDesk(true);
  return (
    <Dialog opened={opened} onClose={onClose} title={t('myDesk.title')}>
      {data === undefined ? (
        <p>{t('app.loading')}</p>
      ) : (
        <div className="handling-form">
          <Break desk={data} onDone={onClose} />
          <Sound desk={data} />
          <Languages desk={data} />
        </div>
      )}
    </Dialog>
  );
}

function Break({ desk, onDone }: { desk: MyDesk; onDone: () => void }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const changed = useDeskChanged();
  const { tell } = useToasts();
  const [mine, setMine] = useState('keep');
  const rests = desk.onBreakSince !== null;
  const change = useMutation({
    mutationFn: () =>
      callApi<{ handedBack: number }>('POST', '/desk/break', { on: !rests, handBack: mine === 'handBack' }),
    onSuccess: async ({ handedBack }) => {
      tell(rests ? t('myDesk.ended') : t('myDesk.started', { n: handedBack }));
      onDone();
      await changed();
    },
  });
  return (
    <section aria-labelledby="break-title">
      <h3 id="break-title">{t('myDesk.break')}</h3>
      <p className="muted">{t('myDesk.breakHelp')}</p>
      {!rests && (
        <Radio.Group label={t('myDesk.mine')} value={mine} onChange={setMine}>
          <div className="options">
            <Radio value="keep" label={t('myDesk.keep')} />
            <Radio value="handBack" label={t('myDesk.handBack')} />
          </div>
        </Radio.Group>
      )}
      <div role="alert">{change.isError && <p className="offer-error">{errorText(change.error)}</p>}</div>
      <div className="dialog-actions">
        <Button onClick={() => change.mutate()} loading={change.isPending}>
          {t(rests ? 'myDesk.end' : 'myDesk.start')}
        </Button>
      </div>
    </section>
  );
}

/** Heard when it is switched on, so that nobody is startled by it later. */
function Sound({ desk }: { desk: MyDesk }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { playTone } = useServices();
  const changed = useDeskChanged();
  const change = useMutation({
    mutationFn: (sound: boolean) =>
      callApi('POST', '/desk/settings', { languages: desk.languages, views: desk.views, sound }),
    onSuccess: () => changed(),
  });
  return (
    <section aria-labelledby="sound-title">
      <h3 id="sound-title">{t('myDesk.sound')}</h3>
      <Checkbox
        size="md"
        label={t('myDesk.soundOn')}
        description={t('myDesk.soundHelp')}
        checked={change.isPending ? change.variables : desk.sound}
        onChange={({ currentTarget: { checked } }) => {
          change.mutate(checked);
          if (checked) playTone();
        }}
      />
      <div role="alert">{change.isError && <p className="offer-error">{errorText(change.error)}</p>}</div>
      {desk.sound && (
        <div className="dialog-actions">
          <Button variant="default" onClick={playTone}>
            {t('myDesk.soundTry')}
          </Button>
        </div>
      )}
    </section>
  );
}

function Languages({ desk }: { desk: MyDesk }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const changed = useDeskChanged();
  const { tell } = useToasts();
  const [languages, setLanguages] = useState<string[]>(desk.languages);
  const save = useMutation({
    mutationFn: () => callApi('POST', '/desk/settings', { languages, views: desk.views }),
    onSuccess: async () => {
      tell(t('myDesk.saved'));
      await changed();
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Checkbox.Group
        label={t('myDesk.languages')}
        description={t('myDesk.languagesHelp')}
        value={languages}
        onChange={setLanguages}
      >
        <div className="choices">
          {LANGUAGES.map((code) => (
            <Checkbox key={code} value={code} label={t(`language.${code}`)} />
          ))}
        </div>
      </Checkbox.Group>
      <div role="alert">{save.isError && <p className="offer-error">{errorText(save.error)}</p>}</div>
      <div className="dialog-actions">
        <Button type="submit" variant="default" loading={save.isPending}>
          {t('myDesk.save')}
        </Button>
      </div>
    </form>
  );
}
