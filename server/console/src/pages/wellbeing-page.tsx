/** Looking after those who answer: what each carries, who should be offered a talk, what was ended as abusive. */
import { Alert, Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Wellbeing } from '../../../api/wellbeing-contract.ts';
import { callApi } from '../app/api.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { KEYS, useMe } from '../hooks/queries.ts';
import { formatExact, useNow } from '../hooks/time.ts';
import { useTitle } from '../hooks/title.ts';
import { useToasts } from '../hooks/toast.ts';
import { RiskMark } from '../parts/risk.tsx';
import { ShiftNav } from '../parts/shift-nav.tsx';
import '../shift.css';

export function WellbeingPage() {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { data, error } = useQuery({
    queryKey: KEYS.wellbeing,
    queryFn: () => callApi<Wellbeing>('GET', '/wellbeing'),
    // breaks and pauses change without the stream
    refetchInterval: 60_000,
  });
  useTitle(t('wellbeing.title'));
  return (
    <div className="page wide">
      <ShiftNav />
      <h1 tabIndex={-1}>{t('wellbeing.title')}</h1>
      <p className="muted">{t('wellbeing.help')}</p>
      {error !== null && (
        <Alert color="red" role="alert">
          {errorText(error)}
        </Alert>
      )}
      {data !== undefined && (
        <>
          <Debriefs data={data} />
          <People data={data} />
          <Abusive data={data} />
        </>
      )}
    </div>
  );
}

type Person = Wellbeing['people'][number];

function People({ data }: { data: Wellbeing }) {
  const { t } = useTranslation();
  const weights = data.weights.map(({ risk, weight }) =>
    t('wellbeing.weight', { risk: t(`risk.${risk}`), n: weight }),
  );
  const heads = [
    ['name', t('wellbeing.name')],
    ['state', t('wellbeing.state')],
    ['shift', t('wellbeing.shift')],
    ['lately', t('wellbeing.lately', { n: data.days })],
  ] as const;
  return (
    <section aria-labelledby="people">
      <h2 id="people">{t('wellbeing.people')}</h2>
      <p className="muted small">{t('wellbeing.weights', { list: weights.join(', ') })}</p>
      {data.people.length === 0 ? (
        <p className="muted">{t('wellbeing.nobody')}</p>
      ) : (
        <div className="table-frame" role="group" aria-labelledby="people" tabIndex={0}>
          <table className="plain-table">
            <thead>
              <tr>
                {heads.map(([key, text]) => (
                  <th key={key} scope="col">
                    {text}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.people.map((one) => (
                <tr key={one.id}>
                  <th scope="row">{one.displayName}</th>
                  <td>
                    <State person={one} />
                  </td>
                  <td>
                    {one.shiftFrom === null ? (
                      <span className="muted">{t('wellbeing.noShift')}</span>
                    ) : (
                      <Load load={one.onShift} />
                    )}
                  </td>
                  <td>
                    <Load load={one.lately} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function State({ person }: { person: Person }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const { isPresent, onBreakSince, workingSince, needsBreak } = person;
  if (onBreakSince !== null)
    return t('wellbeing.onBreak', { time: formatExact(onBreakSince, i18n.language) });
  if (!isPresent || workingSince === null) return t('wellbeing.away');
  const minutes = Math.max(0, Math.floor((now - new Date(workingSince).getTime()) / 60_000));
  return (
    <>
      {t('wellbeing.working', { n: minutes })}
      {needsBreak && <b className="overdue"> · {t('wellbeing.needsBreak')}</b>}
    </>
  );
}

function Load({ load: { load, conversations, imminent } }: { load: Person['lately'] }) {
  const { t } = useTranslation();
  return (
    <>
      <b className="number">{t('wellbeing.load', { n: load })}</b>{' '}
      <span className="small muted">{t('wellbeing.of', { n: conversations, imminent })}</span>
    </>
  );
}

function Debriefs({ data }: { data: Wellbeing }) {
  const { t } = useTranslation();
  const { data: me } = useMe();
  const client = useQueryClient();
  const { tell, fail } = useToasts();
  const talked = useMutation({
    mutationFn: ({ user, conversations }: Wellbeing['debriefs'][number]) =>
      callApi('POST', `/wellbeing/${user.id}/talked`, {
        handoverIds: conversations.map(({ handoverId }) => handoverId),
      }),
    onSuccess: (_done, { user }) => tell(t('wellbeing.saved', { name: user.displayName })),
    onError: fail,
    onSettled: () => client.invalidateQueries({ queryKey: KEYS.wellbeing }),
  });
  return (
    <section aria-labelledby="debriefs">
      <h2 id="debriefs">{t('wellbeing.debriefs')}</h2>
      <p className="muted small">{t('wellbeing.debriefsHelp')}</p>
      {data.debriefs.length === 0 && <p>{t('wellbeing.noDebriefs')}</p>}
      <ul className="cards">
        {data.debriefs.map((one) => (
          <li key={one.user.id}>
            <div>
              <b>{one.user.displayName}</b>
              {one.isAsked && <> · {t('wellbeing.asked')}</>}
              <ul className="debrief-conversations">
                {one.conversations.map(({ handoverId, conversationId, code, risk, isAbusive }) => (
                  <li key={handoverId}>
                    <Link to="/c/$conversationId" params={{ conversationId }}>
                      {code}
                    </Link>
                    <RiskMark risk={risk} />
                    {isAbusive && <span className="small">{t('wellbeing.abusiveMark')}</span>}
                  </li>
                ))}
              </ul>
            </div>
            {one.user.id === me?.id ? (
              <span className="muted small">{t('wellbeing.own')}</span>
            ) : (
              <Button variant="default" loading={talked.isPending} onClick={() => talked.mutate(one)}>
                {t('wellbeing.talked', { name: one.user.displayName })}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Abusive({ data }: { data: Wellbeing }) {
  const { t, i18n } = useTranslation();
  return (
    <section aria-labelledby="abusive">
      <h2 id="abusive">{t('wellbeing.abusive')}</h2>
      <p className="muted small">{t('wellbeing.abusiveHelp')}</p>
      {data.abusive.length === 0 && <p className="muted">{t('wellbeing.noAbusive')}</p>}
      <ul>
        {data.abusive.map(({ conversationId, code, by, at }) => (
          <li key={`${conversationId}${at}`}>
            <Link to="/c/$conversationId" params={{ conversationId }}>
              {t('wellbeing.by', { code, name: by.displayName, time: formatExact(at, i18n.language) })}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
