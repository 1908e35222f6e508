/** The top line: where one is, language, theme, account. */
import { ActionIcon, Button, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me, UiLanguage } from '../../../api/contract.ts';
import { callApi, codeOf } from '../app/api.ts';
import { chooseLanguage, OWN_NAMES, UI_LANGUAGES } from '../app/i18n.ts';
import { withTopic } from '../app/topic-part.ts';
import { isPassing, useServices } from '../app/services.ts';
import { KEYS } from '../hooks/queries.ts';
import { DropDown } from './drop-down.tsx';

const MentionsMenu = lazy(
  withTopic('mentions', () => import('./mentions-menu.tsx').then((part) => ({ default: part.MentionsMenu }))),
);

export function Header({
  me,
  onSignOut,
  onShortcuts,
}: {
  me: Me;
  onSignOut: () => void;
  onShortcuts: () => void;
}) {
  const { t } = useTranslation();
  return (
    <header className="top">
      <Link to="/" className="brand">
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2h-7l-5 4.5V17H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z" />
          <path className="brand-sign" d="M7 8.5h10M7 12h6" />
        </svg>
        <span>{t('app.name')}</span>
      </Link>
      <nav aria-label={t('app.menu')}>
        {me.permissions.includes('desk') && (
          <Link to={me.permissions.includes('supervise') ? '/wall' : '/shifts'} className="nav-link">
            {t('nav.shifts')}
          </Link>
        )}
        <Link to="/channels" className="nav-link">
          {t('nav.channels')}
        </Link>
        {me.permissions.includes('cases') && (
          <Link to="/cases" className="nav-link">
            {t('nav.cases')}
          </Link>
        )}
        {me.permissions.includes('see_content') && (
          <Link to="/studio" className="nav-link">
            {t('nav.studio')}
          </Link>
        )}
        {me.permissions.includes('teach') && (
          <Link to="/phrases" className="nav-link">
            {t('nav.phrases')}
          </Link>
        )}
        {me.permissions.includes('staff') && (
          <Link to="/team" className="nav-link">
            {t('nav.team')}
          </Link>
        )}
        {me.permissions.includes('audit') && (
          <Link to="/audit" className="nav-link">
            {t('nav.audit')}
          </Link>
        )}
      </nav>
      <div className="top-end">
        {me.permissions.includes('desk') && (
          <Suspense fallback={null}>
            <MentionsMenu />
          </Suspense>
        )}
        <span className="top-wide">
          <ActionIcon variant="subtle" size="lg" aria-label={t('nav.shortcuts')} onClick={onShortcuts}>
            ?
          </ActionIcon>
        </span>
        <ThemeSwitch />
        <LanguageSwitch signedIn />
        <DropDown
          kind="menu"
          className="who"
          title={t('nav.account')}
          face={
            <>
              <span className="who-mark" aria-hidden="true">
                {Array.from(me.displayName)[0]}
              </span>
              <span className="who-name">{me.displayName}</span>
            </>
          }
          head={
            <p className="drop-head">
              {me.displayName} · {t(`role.${me.role}`)}
            </p>
          }
        >
          {(close) => (
            <>
              <Link role="menuitem" tabIndex={-1} to="/course" onClick={close}>
                {t('nav.course')}
              </Link>
              <Link role="menuitem" tabIndex={-1} to="/account" onClick={close}>
                {t('nav.account')}
              </Link>
              <button type="button" role="menuitem" tabIndex={-1} onClick={onSignOut}>
                {t('nav.signOut')}
              </button>
            </>
          )}
        </DropDown>
      </div>
    </header>
  );
}

export function ThemeSwitch() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const other = scheme === 'dark' ? 'light' : 'dark';
  return (
    <ActionIcon
      variant="subtle"
      size="lg"
      aria-label={t(`nav.theme.${other}`)}
      onClick={() => setColorScheme(other)}
    >
      <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
        <path d="M10 2a8 8 0 1 0 0 16z" fill="currentColor" />
        <circle cx="10" cy="10" r="7.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
      </svg>
    </ActionIcon>
  );
}

/** @param signedIn also keeps the choice with the account, since reason texts come from the server */
export function LanguageSwitch({ signedIn }: { signedIn: boolean }) {
  const { i18n, t } = useTranslation();
  const save = useSaveLanguage();
  const other = UI_LANGUAGES.find((language) => language !== i18n.language) ?? 'vi';
  const change = async (): Promise<void> => {
    await chooseLanguage(i18n, other);
    if (signedIn) save(other);
  };
  return (
    <Button variant="subtle" className="language" lang={other} onClick={() => void change()}>
      <span className="sr-only" lang={i18n.language}>
        {t('nav.language')}:{' '}
      </span>
      <span className="language-long">{OWN_NAMES[other]}</span>
      <span className="language-short" aria-hidden="true">
        {other.toUpperCase()}
      </span>
    </Button>
  );
}

const UNSAVED = 'language-unsaved';

/** Tried again when it may pass; what stays unsaved is said, with a way to try once more. */
function useSaveLanguage(): (language: UiLanguage) => void {
  const { t } = useTranslation();
  const { queryClient } = useServices();
  const { mutate } = useMutation({
    // one after the other: the last choice is the one that is kept
    scope: { id: 'ui-language' },
    mutationFn: (uiLanguage: UiLanguage) => callApi<Me>('PATCH', '/me', { uiLanguage }),
    retry: (count, error) => count < 3 && isPassing(codeOf(error)),
    retryDelay: (count) => 500 * 2 ** count,
    onSuccess: async (me) => {
      notifications.hide(UNSAVED);
      queryClient.setQueryData(KEYS.me, me);
      await queryClient.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'me' });
    },
    onError: (_error, uiLanguage) => {
      notifications.show({
        ...{ id: UNSAVED, color: 'red', role: 'alert', autoClose: false },
        closeButtonProps: { 'aria-label': t('app.close') },
        message: (
          <span className="toast-line">
            {t('nav.languageUnsaved')}
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => {
                notifications.hide(UNSAVED);
                mutate(uiLanguage);
              }}
            >
              {t('nav.languageRetry')}
            </Button>
          </span>
        ),
      });
    },
  });
  return mutate;
}
