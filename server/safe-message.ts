/** What a person is told when our own code fails. Rendered once at start, so that it cannot fail when it is needed. */
import { type Assets, render } from '../bot/index.ts';
import { AppError } from './errors.ts';
import type { SafeMessage } from './turns/take.ts';

/** `quiet`: somebody may be reading along, so nothing that betrays the subject */
const KEYS = { normal: 'system.failed', quiet: 'system.quiet-ack' } as const;

/** @throws AppError `assets_broken` when one of the texts is missing */
export function prepareSafeMessages(
  assets: Assets,
  now: Date,
): (language: string, quiet: boolean) => SafeMessage {
  const texts = new Map<string, SafeMessage>();
  for (const language of assets.languages) {
    for (const [mode, key] of Object.entries(KEYS))
      texts.set(`${language}|${mode}`, renderSafely(assets, key, language, now));
  }
  const fallback = assets.languages[0] ?? 'vi';
  return (language, quiet) => {
    const mode = quiet ? 'quiet' : 'normal';
    const found = texts.get(`${language}|${mode}`) ?? texts.get(`${fallback}|${mode}`);
    if (found === undefined) throw new AppError('assets_broken', `(${KEYS[mode]})`);
    return found;
  };
}

function renderSafely(assets: Assets, key: string, language: string, now: Date): SafeMessage {
  try {
    return render(assets, key, language, now);
  } catch (cause) {
    throw new AppError('assets_broken', `(${key} in ${language})`, { cause });
  }
}
