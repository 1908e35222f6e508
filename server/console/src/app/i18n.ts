/** Texts of the interface: one JSON file per language in ICU format, loaded when chosen. */
import i18next from 'i18next';
import type { i18n, ResourceKey } from 'i18next';
import ICU from 'i18next-icu';
import { initReactI18next } from 'react-i18next';
import type { UiLanguage } from '../../../api/contract.ts';

const LOADERS: Readonly<Record<UiLanguage, () => Promise<{ default: ResourceKey }>>> = {
  vi: () => import('../locales/vi.json'),
  en: () => import('../locales/en.json'),
};

export const UI_LANGUAGES: readonly UiLanguage[] = ['vi', 'en'];
/** Names of languages in themselves, so that everyone finds theirs. */
export const OWN_NAMES: Readonly<Record<UiLanguage, string>> = { vi: 'Tiếng Việt', en: 'English' };

const STORED = 'ui-language';

/** Vietnamese unless English was chosen here before. */
export function readStoredLanguage(): UiLanguage {
  return localStorage.getItem(STORED) === 'en' ? 'en' : 'vi';
}

export async function createI18n(language: UiLanguage): Promise<i18n> {
  const instance = i18next.createInstance();
  await instance
    .use(ICU)
    .use(initReactI18next)
    .init({ lng: language, fallbackLng: false, resources: {}, interpolation: { escapeValue: false } });
  await chooseLanguage(instance, language);
  return instance;
}

/** Loads the language if needed, switches to it and marks the page with it. */
export async function chooseLanguage(instance: i18n, language: UiLanguage): Promise<void> {
  if (!instance.hasResourceBundle(language, 'translation')) {
    const texts = await LOADERS[language]();
    instance.addResourceBundle(language, 'translation', texts.default);
  }
  await instance.changeLanguage(language);
  document.documentElement.lang = language;
  localStorage.setItem(STORED, language);
}
