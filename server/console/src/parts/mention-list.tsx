/** Colleagues to name in a note: a box to search in, and the list below it; who cannot read the conversation is shown and not offered. */
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NameableColleague } from '../../../api/mentions-contract.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { fold } from '../hooks/fold.ts';
import { useNameable } from '../hooks/mentions.ts';
import { readPress } from '../hooks/send-key.ts';

interface Props {
  conversationId: string;
  onChoose: (colleague: NameableColleague) => void;
  /** @param typed what the note gets instead: the sign and what was typed behind it, or nothing */
  onLeave: (typed: string) => void;
}

export function MentionList({ conversationId, onChoose, onLeave }: Props) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const id = useId();
  const [search, setSearch] = useState('');
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const { data, error } = useNameable(conversationId);
  const found = findColleagues(data?.colleagues ?? [], search);
  const active = found[Math.min(at, found.length - 1)];
  useEffect(() => input.current?.focus(), []);
  useEffect(() => {
    if (active !== undefined)
      document.getElementById(`${id}-${active.id}`)?.scrollIntoView({ block: 'nearest' });
  }, [active, id]);

  const choose = (one: NameableColleague | undefined): void => {
    if (one?.mayRead === true) onChoose(one);
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const { key, composing } = readPress(event);
    // an input method in the middle of a letter keeps its Enter and its arrows
    if (composing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step !== undefined)
      setAt((Math.min(at, found.length - 1) + step + found.length) % Math.max(1, found.length));
    else if (key === 'Enter') choose(active);
    else if (key === 'Escape') onLeave('');
    else if (key === ' ' && search === '') onLeave('@ ');
    else if (key === 'Backspace' && search === '') onLeave('');
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <section className="canned" aria-label={t('talk.mention.title')}>
      <input
        ref={input}
        className="canned-search"
        role="combobox"
        aria-label={t('talk.mention.search')}
        aria-expanded={found.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={active === undefined ? undefined : `${id}-${active.id}`}
        aria-describedby={`${id}-help`}
        placeholder={t('talk.mention.search')}
        autoComplete="off"
        spellCheck={false}
        value={search}
        onChange={(event) => {
          setSearch(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={t('talk.mention.list')} className="canned-options">
        {found.map((one) => (
          <li
            key={one.id}
            id={`${id}-${one.id}`}
            role="option"
            aria-selected={one === active}
            aria-disabled={!one.mayRead}
            // the focus stays in the search box
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(one)}
            onMouseMove={() => setAt(found.indexOf(one))}
          >
            <b>{one.displayName}</b>{' '}
            <span className="muted">
              {t(`role.${one.role}`)}
              {one.mayRead
                ? one.isThere && ` · ${t('talk.mention.there')}`
                : ` · ${t('talk.mention.unreadable')}`}
            </span>
          </li>
        ))}
      </ul>
      {data !== undefined && found.length === 0 && <p role="status">{t('talk.mention.none')}</p>}
      {data === undefined && error === null && <p role="status">{t('talk.mention.loading')}</p>}
      {error !== null && <p role="alert">{errorText(error)}</p>}
      <p className="composer-help" id={`${id}-help`}>
        {t('talk.mention.help')}
      </p>
    </section>
  );
}

/** Who may read first, of them who is at the desk; then by name as the server has them. */
function findColleagues(
  colleagues: readonly NameableColleague[],
  search: string,
): readonly NameableColleague[] {
  const wanted = fold(search.replace(/^@/, '').trim());
  const rank = ({ mayRead, isThere }: NameableColleague): number => (mayRead ? (isThere ? 0 : 1) : 2);
  return colleagues
    .filter(({ displayName }) => fold(displayName).includes(wanted))
    .toSorted((a, b) => rank(a) - rank(b));
}
