/** Joins what content/languages.yaml says about telling languages apart with the profiles of content/languages. */
import type { LanguageSet } from '../understand/language.ts';
import { compileProfiles, type ProfileFile, ProfileFileSchema } from '../understand/profiles.ts';
import type { Language, Problem } from './assets.ts';
import { checkShape, fault, type YamlFile } from './yaml.ts';

export const PROFILES_FOLDER = 'content/languages/';

export interface ReadLanguages {
  set: LanguageSet;
  problems: readonly Problem[];
}

/** @param path of the list of languages, for its faults */
export function readLanguageFiles(
  path: string,
  languages: readonly Language[],
  files: readonly YamlFile[],
): ReadLanguages {
  const problems: Problem[] = [];
  const profiles: ProfileFile[] = [];
  for (const file of files) {
    const shape = checkShape(file, ProfileFileSchema);
    if (!shape.ok) {
      problems.push(...shape.problems);
      continue;
    }
    try {
      // each alone first, so that a fault names its file
      compileProfiles([shape.value]);
      profiles.push(shape.value);
    } catch (error) {
      problems.push(
        fault(file.path, null, error instanceof Error ? error.message : 'cannot be read', 'correct the file'),
      );
    }
  }
  const codes = profiles.map(({ language }) => language);
  for (const twice of codes.filter((code, at) => codes.indexOf(code) !== at))
    problems.push(fault(PROFILES_FOLDER, null, `${twice} has two profiles`, 'keep one of them'));
  for (const { tag, told, letters } of languages) {
    if ((told === 'profile') !== codes.includes(codeOf(tag)))
      problems.push(
        fault(
          path,
          null,
          told === 'profile' ? `${tag} has no profile` : `${tag} has a profile that is not stated`,
          told === 'profile' ? `add one to ${PROFILES_FOLDER}, or set told: null` : 'set told: profile',
        ),
      );
    if ((told === 'letters') !== (letters !== undefined))
      problems.push(fault(path, null, `${tag} is to be told by letters`, 'list them, and set told: letters'));
  }
  const distinct = profiles.filter(({ language }, at) => codes.indexOf(language) === at);
  return {
    set: {
      profiles: compileProfiles(distinct),
      letters: new Map(
        languages.flatMap(({ tag, letters }) =>
          letters === undefined
            ? []
            : [[codeOf(tag), new Set(letters.normalize('NFC').trim().split(/\s+/u))] as const],
        ),
      ),
    },
    problems,
  };
}

/** `hmv-Latn-VN` → `hmv` */
function codeOf(tag: string): string {
  return tag.split('-')[0] ?? tag;
}
