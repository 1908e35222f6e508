/** Practice conversations: choose a scripted person, answer, and read what was good and what was missing. */
import { Alert, Button, Textarea } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { PracticeList, PracticeReview, PracticeTalk } from '../../../api/practice-contract.ts';
import { callApi } from '../app/api.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { useTitle } from '../hooks/title.ts';
import { RiskMark } from '../parts/risk.tsx';
import { ShiftNav } from '../parts/shift-nav.tsx';
import '../shift.css';

type Scenario = PracticeList['scenarios'][number];

export function PracticePage() {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { data, error } = useQuery({
    queryKey: ['practice'],
    queryFn: () => callApi<PracticeList>('GET', '/practice'),
    staleTime: Infinity,
  });
  const [chosen, setChosen] = useState<Scenario | null>(null);
  const [round, setRound] = useState(0);
  useTitle(t('practice.title'));
  return (
    <div className="page practice">
      <ShiftNav />
      <h1 tabIndex={-1}>{t('practice.title')}</h1>
      <p>{t('practice.help')}</p>
      {error !== null && (
        <Alert color="red" role="alert">
          {errorText(error)}
        </Alert>
      )}
      {chosen === null ? (
        data !== undefined && <Choice scenarios={data.scenarios} onChoose={setChosen} />
      ) : (
        <Talk
          key={`${chosen.id} ${String(round)}`}
          scenario={chosen}
          onAgain={() => setRound(round + 1)}
          onOther={() => setChosen(null)}
        />
      )}
    </div>
  );
}

function Choice({
  scenarios,
  onChoose,
}: {
  scenarios: readonly Scenario[];
  onChoose: (scenario: Scenario) => void;
}) {
  const { t } = useTranslation();
  return (
    <section aria-labelledby="people">
      <h2 id="people">{t('practice.people')}</h2>
      <ul className="cards">
        {scenarios.map((one) => (
          <li key={one.id}>
            <span>
              <b>{one.title}</b> <RiskMark risk={one.risk} />
              <br />
              <span className="muted small">{one.about}</span>
            </span>
            <Button
              variant="default"
              aria-label={t('practice.startOf', { title: one.title })}
              onClick={() => onChoose(one)}
            >
              {t('practice.start')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface TalkProps {
  scenario: Scenario;
  onAgain: () => void;
  onOther: () => void;
}

function Talk({ scenario, onAgain, onOther }: TalkProps) {
  const { t, i18n } = useTranslation();
  const errorText = useErrorText();
  const [said, setSaid] = useState<readonly string[]>([]);
  const [draft, setDraft] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const path = `/practice/${scenario.id}`;
  // nothing is kept on the server: what was written goes along each time, in the language of the interface
  const talk = useQuery({
    queryKey: ['practice', scenario.id, i18n.language, said],
    queryFn: () => callApi<PracticeTalk>('POST', `${path}/talk`, { said }),
    staleTime: Infinity,
    placeholderData: (before: PracticeTalk | undefined) => before,
    gcTime: 0,
  });
  const review = useMutation({
    mutationFn: () => callApi<PracticeReview>('POST', `${path}/review`, { said }),
  });
  const isOver = talk.data?.isOver === true;
  const log = useRef<HTMLDivElement>(null);
  const count = talk.data?.messages.length ?? 0;
  useEffect(() => {
    // the newest words, without moving the page
    if (log.current !== null) log.current.scrollTop = log.current.scrollHeight;
  }, [count]);
  const send = (): void => {
    const text = draft.trim();
    if (text === '' || isOver || talk.isFetching) return;
    setSaid([...said, text]);
    setDraft('');
  };
  const fault = talk.error ?? review.error;
  return (
    <>
      <section aria-labelledby="talk">
        <h2 id="talk" ref={heading} tabIndex={-1}>
          {scenario.title}
        </h2>
        <p className="muted small">
          {t('practice.about')}: {scenario.about}
        </p>
        <div ref={log} className="practice-log" role="log" aria-label={t('practice.log')} tabIndex={0}>
          {talk.data?.messages.map(({ author, text }, index) => (
            // the talk only ever grows
            <div key={index} data-author={author}>
              <span className="small muted">
                {t(author === 'person' ? 'practice.person' : 'practice.you')}
              </span>
              <span>{text}</span>
            </div>
          ))}
        </div>
        {fault !== null && (
          <Alert color="red" role="alert">
            {errorText(fault)}
          </Alert>
        )}
        {isOver || review.data !== undefined ? (
          <p role="status">{isOver && t('practice.over')}</p>
        ) : (
          <form
            className="form"
            onSubmit={(event) => {
              event.preventDefault();
              send();
            }}
          >
            <Textarea
              label={t('practice.reply')}
              description={t('practice.left', { n: scenario.length - said.length })}
              rows={3}
              maxLength={1000}
              value={draft}
              onChange={(event) => setDraft(event.currentTarget.value)}
              onKeyDown={(event: KeyboardEvent) => {
                // Enter while an input method composes is part of a word
                if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
                event.preventDefault();
                send();
              }}
            />
            <Button type="submit" disabled={draft.trim() === ''}>
              {t('practice.send')}
            </Button>
          </form>
        )}
        <div className="pair">
          {said.length > 0 && review.data === undefined && (
            <Button
              variant={isOver ? 'filled' : 'default'}
              loading={review.isPending}
              onClick={() => review.mutate()}
            >
              {t('practice.finish')}
            </Button>
          )}
          <Button variant="default" onClick={onAgain}>
            {t('practice.again')}
          </Button>
          <Button variant="default" onClick={onOther}>
            {t('practice.other')}
          </Button>
        </div>
      </section>
      {review.data !== undefined && <Review review={review.data} />}
    </>
  );
}

function Review({ review }: { review: PracticeReview }) {
  const { t } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section aria-labelledby="review">
      <h2 id="review" ref={heading} tabIndex={-1}>
        {t('practice.review')}
      </h2>
      <ul className="warnings findings">
        {review.findings.map(({ item, name, kind, said, why }, index) => (
          // one item may be looked at in two ways
          <li key={`${item} ${String(index)}`} data-kind={kind}>
            <b>{t(`practice.kind.${kind}`)}</b>: {name}
            {said !== null && kind !== 'good' && (
              <>
                <br />
                <span className="small">{t('practice.saidThis', { text: said })}</span>
              </>
            )}
            {kind !== 'good' && (
              <>
                <br />
                <span className="small muted">{why}</span>
              </>
            )}
          </li>
        ))}
      </ul>
      <p className="muted small">{t('practice.machine')}</p>
      <h3>{t('practice.model')}</h3>
      <ul className="warnings">
        {review.model.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </section>
  );
}
