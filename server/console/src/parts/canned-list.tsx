/** The canned answers: a box to search in, the list below it, and the words as the person would read them. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CannedAnswer, CannedAnswers } from '../../../api/talk-contract.ts';
import { callApi } from '../app/api.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { fold } from '../hooks/fold.ts';
import { KEYS } from '../hooks/queries.ts';
import { readPress } from '../hooks/send-key.ts';

interface Props {
  /** of the person */
  language: string;
  quiet: boolean;
  onChoose: (text: string) => void;
  /** @param typed what the reply box gets instead: the slash and what was typed behind it, or nothing */
  onLeave: (typed: string) => void;
}

export function CannedList({ language, quiet, onChoose, onLeave }: Props) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const id = useId();
  const [search, setSearch] = useState('');
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const { data, error } = useQuery({
    queryKey: KEYS.canned(language),
    queryFn: () => callApi<CannedAnswers>('GET', `/canned/${encodeURIComponent(language)}`),
    staleTime: 10 * 60_000,
  });
  const found = findAnswers(data?.answers ?? [], search, quiet);
  const active = found[Math.min(at, found.length - 1)];
  useEffect(() => input.current?.focus(), []);
  useEffect(() => {
    if (active !== undefined)
      document.getElementById(`${id}-${active.id}`)?.scrollIntoView({ block: 'nearest' });
  }, [active, id]);

  const onKeyDown = (event: React.KeyboardEvent): void => {
    const { key, composing } = readPress(event);
    if (composing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step !== undefined)
      setAt((Math.min(at, found.length - 1) + step + found.length) % Math.max(1, found.length));
    else if (key === 'Enter' && active !== undefined) onChoose(textOf(active, quiet));
    else if (key === 'Escape') onLeave('');
    else if (key === '/' && search === '') onLeave('/');
    else if (key !== 'Enter') return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <section className="canned" aria-label={t('talk.canned.title')}>
      <input
        ref={input}
        className="canned-search"
        role="combobox"
        aria-label={t('talk.canned.search')}
        aria-expanded={found.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={active === undefined ? undefined : `${id}-${active.id}`}
        aria-describedby={`${id}-help`}
        placeholder={t('talk.canned.search')}
        autoComplete="off"
        spellCheck={false}
        value={search}
        onChange={(event) => {
          setSearch(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div className="canned-found">
        <ul id={`${id}-list`} role="listbox" aria-label={t('talk.canned.list')} className="canned-options">
          {found.map((answer) => (
            <li
              key={answer.id}
              id={`${id}-${answer.id}`}
              role="option"
              aria-selected={answer === active}
              // the focus stays in the search box
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onChoose(textOf(answer, quiet))}
              onMouseMove={() => setAt(found.indexOf(answer))}
            >
              <b className="canned-code">/{answer.code}</b> <span>{answer.title}</span>
            </li>
          ))}
        </ul>
        {active !== undefined && <Preview answer={active} wanted={language} quiet={quiet} />}
      </div>
      {data !== undefined && found.length === 0 && (
        <p role="status">{t(quiet ? 'talk.canned.noneQuiet' : 'talk.canned.none')}</p>
      )}
      {data === undefined && error === null && <p role="status">{t('talk.canned.loading')}</p>}
      {error !== null && <p role="alert">{errorText(error)}</p>}
      <p className="composer-help" id={`${id}-help`}>
        {quiet && `${t('talk.canned.noneQuiet')} `}
        {t('talk.canned.help')}
      </p>
    </section>
  );
}

function Preview({ answer, wanted, quiet }: { answer: CannedAnswer; wanted: string; quiet: boolean }) {
  const { t } = useTranslation();
  const language = t([`language.${answer.language}`, 'unknown'], { defaultValue: answer.language });
  return (
    <div className="canned-preview">
      <span className="sr-only">{t('talk.canned.preview')}</span>
      {answer.language !== wanted && <p className="bubble-note">{t('talk.canned.fallback', { language })}</p>}
      <p className="bubble-text" lang={answer.language}>
        {textOf(answer, quiet)}
      </p>
    </div>
  );
}

function textOf({ text, quiet: discreet }: CannedAnswer, quiet: boolean): string {
  return quiet ? (discreet ?? '') : text;
}

/** Codes that begin so first, then titles and words that hold it; with and without diacritics. Of what betrays, nothing in quiet mode. */
function findAnswers(answers: readonly CannedAnswer[], search: string, quiet: boolean): CannedAnswer[] {
  const wanted = fold(search.replace(/^\//, '').trim());
  const offered = answers.filter((answer) => !quiet || answer.quiet !== null);
  const byCode = offered.filter(({ code }) => code.startsWith(wanted));
  const byWords = offered.filter(
    (answer) =>
      !byCode.includes(answer) &&
      (fold(answer.title).includes(wanted) || fold(textOf(answer, quiet)).includes(wanted)),
  );
  return [...byCode, ...byWords];
}
