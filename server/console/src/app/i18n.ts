/** Texts of the interface in ICU format: one JSON file per language, and one per language for each page that brings its own. */
import i18next from 'i18next';
import type { i18n, ResourceKey } from 'i18next';
import ICU from 'i18next-icu';
import { initReactI18next } from 'react-i18next';
import type { UiLanguage } from '../../../api/contract.ts';

const LOADERS: Readonly<Record<UiLanguage, () => Promise<{ default: ResourceKey }>>> = {
  vi: () => import('../locales/vi.json'),
  en: () => import('../locales/en.json'),
};

/** `locales/<topic>/<language>.json`, by that path */
const TOPIC_LOADERS = import.meta.glob<{ default: ResourceKey }>('../locales/*/*.json');
const openTopics = new Set<string>();
let current: i18n | null = null;

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
  current = instance;
  return instance;
}

/**
 * Loads the texts of a page or dialog before it shows; they stay, and follow when the language changes.
 * @param topic name of a folder in `locales/`; its keys are no keys of the other files
 */
export async function openTopic(topic: string): Promise<void> {
  openTopics.add(topic);
  if (current !== null) await loadTopic(current, topic, current.language);
}

async function loadTopic(instance: i18n, topic: string, language: string): Promise<void> {
  const load = TOPIC_LOADERS[`../locales/${topic}/${language}.json`];
  if (load === undefined) throw new Error(`there are no texts "${topic}" in ${language}`);
  instance.addResourceBundle(language, 'translation', (await load()).default, true);
}

/** Loads the language if needed, switches to it and marks the page with it. */
export async function chooseLanguage(instance: i18n, language: UiLanguage): Promise<void> {
  if (!instance.hasResourceBundle(language, 'translation')) {
    const texts = await LOADERS[language]();
    instance.addResourceBundle(language, 'translation', texts.default);
  }
  await Promise.all([...openTopics].map((topic) => loadTopic(instance, topic, language)));
  await instance.changeLanguage(language);
  document.documentElement.lang = language;
  localStorage.setItem(STORED, language);
}
