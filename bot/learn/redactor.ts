/** The redaction for today's content: its words, its provinces, its register of firms. */
import { findAgencyMention } from '../check/agency-mention.ts';
import type { Assets } from '../content/assets.ts';
import { fold, normalise } from '../understand/normalise.ts';
import { type Redacted, redact, type RedactRegisters } from './redact.ts';

const NO_DAY = new Date(0);

/** Prepares once, as it reads all phrases; the function it gives is cheap. */
export function createRedactor(assets: Assets): (text: string) => Redacted {
  const phrases = [...assets.intents.byId.values()].flatMap(({ phrases, not = [], tests = [], title }) => [
    ...phrases,
    ...not,
    ...tests,
    ...Object.values(title),
  ]);
  const countries = assets.countries.flatMap(({ name, typed }) => [...Object.values(name), ...typed]);
  const routes = assets.words.routes.map(({ phrase }) => phrase);
  const registers: RedactRegisters = {
    provinces: assets.provinces,
    vocabulary: new Set(
      [...phrases, ...countries, ...routes].flatMap((text) =>
        normalise(text).tokens.flatMap((token) => [token.folded, fold(text.slice(token.start, token.end))]),
      ),
    ),
    // how old the register is does not matter here
    isFirm: (text) => findAgencyMention(assets.register, normalise(text), NO_DAY) !== null,
  };
  return (text) => redact(text, registers);
}
