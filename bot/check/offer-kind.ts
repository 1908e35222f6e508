/** Tells what kind of offer it is (work under contract, fishing boat, marriage, …), so that the right guide can be given. */
import { findEvidence } from './match-signals.ts';
import type { SignalHit } from './offer.ts';
import type { OfferStudy } from './offer-study.ts';
import type { SignalSet } from './signals.ts';

/**
 * The first kind of `content/signals/kinds.yaml` that a sign or the words tell; text and answers count alike.
 *
 * @returns its id, or null when nothing tells
 */
export function readKind(set: SignalSet, study: OfferStudy, signals: readonly SignalHit[]): string | null {
  const found = new Set(signals.map(({ signal }) => signal));
  const kind = set.kinds.find(
    ({ signs, patterns }) =>
      signs.some((sign) => found.has(sign)) ||
      patterns.some((pattern) => findEvidence(study.hits, pattern) !== null),
  );
  return kind?.id ?? null;
}
