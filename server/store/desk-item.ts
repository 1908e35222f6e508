/** One person at the desk as it is read: who, why, whose, and whom it is offered to. */
import { z } from 'zod';
import type { Vault } from '../ports.ts';
import { placeReasons } from './places.ts';
import { isAddressee } from './colleagues.ts';

export type Risk = 'none' | 'concern' | 'high' | 'imminent';
export type HandoverCause =
  'danger' | 'person_asked' | 'not_understood' | 'flow' | 'turn_failed' | 'platform';

/** Why someone is in front; `messageSeq`, `start`, `end` point to the words that say so (UTF-16 units). */
export interface StoredReason {
  rule: string;
  reasonKey: string;
  level: Risk;
  messageSeq: number | null;
  start: number;
  end: number;
}

const ReasonsSchema = z.array(
  z.object({
    rule: z.string(),
    reasonKey: z.string(),
    level: z.enum(['none', 'concern', 'high', 'imminent']),
    messageSeq: z.number().int().nullable().default(null),
    start: z.number().int().default(0),
    end: z.number().int().default(0),
  }),
);

export interface DeskItem {
  handoverId: string;
  conversationId: string;
  code: string;
  channel: string;
  language: string;
  quiet: boolean;
  risk: Risk;
  cause: HandoverCause;
  reasons: readonly StoredReason[];
  state: 'waiting' | 'taken' | 'returned' | 'closed';
  outcome: string | null;
  waitingSince: Date;
  takenBy: { id: string; displayName: string } | null;
  takenAt: Date | null;
  endedAt: Date | null;
  /** told that the conversation ends if it goes on like this */
  warnedAt: Date | null;
  lastInboundAt: Date | null;
  lastOutboundAt: Date | null;
  /** `platform`: somebody answers at the platform's own inbox, or another program does */
  owner: 'bot' | 'counsellor' | 'platform';
  /** when a hand at the platform was last seen */
  platformAt: Date | null;
  /** what a person said the risk is; another than `risk`: the scan raised it since */
  riskSet: Risk | null;
  /** somebody is asked to take over; null = nobody is */
  offer: DeskOffer | null;
}

export interface DeskOffer {
  id: string;
  from: { id: string; displayName: string };
  to: { kind: 'person' | 'language' | 'supervisors'; language: string | null; displayName: string | null };
  offeredAt: Date;
  /** ids of the colleagues who may accept, whether they are there or not */
  addressees: readonly string[];
}

/** A row of `ITEM`, still sealed. */
export type DeskRow = Omit<DeskItem, 'reasons' | 'takenBy' | 'offer'> & {
  offerId: string | null;
  offerFromId: string;
  offerFromName: string;
  offerKind: DeskOffer['to']['kind'];
  offerLanguage: string | null;
  offerToName: string | null;
  offeredAt: Date;
  addressees: string[] | null;
  keyWrapped: Buffer;
  reasonsEnc: Buffer;
  takenById: string | null;
  takenByName: string | null;
};

/** ids of whom the offer `t` is for */
export const ADDRESSEES = `(select u.id from users u left join desk_settings d on d.user_id = u.id where ${isAddressee('t')})`;
export const ITEM = `select h.id as "handoverId", h.conversation_id as "conversationId", c.code, c.channel, c.language, c.quiet,
  h.risk, h.cause, h.state, h.outcome, h.waiting_since as "waitingSince", h.taken_at as "takenAt", h.ended_at as "endedAt", h.warned_at as "warnedAt",
  c.last_inbound_at as "lastInboundAt", c.last_outbound_at as "lastOutboundAt",
  c.owner, c.platform_at as "platformAt",
  c.key_wrapped as "keyWrapped", h.reasons_enc as "reasonsEnc", h.taken_by as "takenById", tb.display_name as "takenByName",
  h.risk_set as "riskSet", t.id as "offerId", t.from_user as "offerFromId", tf.display_name as "offerFromName",
  t.to_kind as "offerKind", t.to_language as "offerLanguage", tt.display_name as "offerToName", t.offered_at as "offeredAt",
  case when t.id is not null then array${ADDRESSEES} end as addressees
  from handovers h join conversations c on c.id = h.conversation_id left join users tb on tb.id = h.taken_by
  left join transfers t on t.conversation_id = h.conversation_id and t.state = 'offered' and h.state = 'taken'
  left join users tf on tf.id = t.from_user left join users tt on tt.id = t.to_user`;

export function openItem(vault: Vault, row: DeskRow): DeskItem {
  const { keyWrapped, reasonsEnc, takenById, takenByName, offerId, offerFromId, offerFromName, ...rest } =
    row;
  const { offerKind: kind, offerLanguage: language, offerToName, offeredAt, addressees, ...item } = rest;
  const place = placeReasons(row.handoverId, row.conversationId);
  return {
    ...item,
    reasons: ReasonsSchema.parse(vault.open(keyWrapped, place, reasonsEnc)),
    takenBy: takenById === null ? null : { id: takenById, displayName: takenByName ?? '' },
    offer:
      offerId === null
        ? null
        : {
            id: offerId,
            from: { id: offerFromId, displayName: offerFromName },
            to: { kind, language, displayName: offerToName },
            offeredAt,
            addressees: addressees ?? [],
          },
  };
}
