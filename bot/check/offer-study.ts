/** What one reading of an offer yields: shared by the level, the signs and the question whether it is an offer at all. */
import type { Normalised } from '../understand/text.ts';
import type { MentionFound } from './agency-mention.ts';
import type { Hits } from './lexicon.ts';
import type { AgencyMatch } from './offer.ts';
import type { OfferReading } from './read-offer.ts';

/** An offer, read once: shared by `checkOffer` and `looksLikeOffer`. */
export interface OfferStudy {
  text: Normalised;
  /** tokens from here on come from the answers, not from the pasted text */
  ownTokens: number;
  hits: Hits;
  reading: OfferReading;
  mention: MentionFound | null;
  agency: AgencyMatch;
  /** 0–1: how much the text reads like dangerous offers */
  likeness: number;
}
