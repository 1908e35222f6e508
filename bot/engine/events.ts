/** Every decision the engine can take, as one discriminated union: past tense, plain JSON, no side effect. */
import type { OfferLevel } from '../check/offer.ts';
import type { DangerReason, RiskLevel } from '../safety/danger.ts';

export interface Choice {
  /** machine id of the answer; comes back as `{ kind: 'choice', id }` */
  id: string;
  label: string;
}

export const HANDOVER_CAUSES = ['danger', 'person_asked', 'not_understood', 'flow', 'turn_failed'] as const;
export type HandoverCause = (typeof HANDOVER_CAUSES)[number];

export type BotEvent =
  /** Something to say. `key` names the text; `text` is final, placeholders filled, facts resolved. */
  | {
      type: 'message_created';
      id: string;
      key: string;
      text: string;
      choices: readonly Choice[];
      language: string;
      /** path of a recording of this text, where there is one; never in quiet mode */
      audio?: string;
    }
  | { type: 'slot_changed'; slot: string }
  | { type: 'node_entered'; flow: string; node: string }
  /** How a node was left, and for which: the paths people really take, without what they said. */
  | { type: 'path_taken'; flow: string; version: number; node: string; exit: string; to: string | null }
  /** A question that does not wait for ever was asked: feed `{ kind: 'silence', until }` when nothing came until then. */
  | { type: 'wait_started'; until: string }
  /** The person stood in an earlier version of a flow and was led over; `to` null = there was nothing to go on with. */
  | { type: 'session_migrated'; flow: string; from: number; to: number | null }
  | { type: 'language_changed'; language: string }
  | { type: 'mode_changed'; mode: SessionMode }
  /** The scan found danger in what was just written. Raised once per new reason. */
  | { type: 'danger_raised'; level: RiskLevel; reasons: readonly DangerReason[]; minor: boolean }
  | { type: 'danger_cleared' }
  /** A person must look at this. While one is open the server keeps one handover and raises its risk. */
  | {
      type: 'handover_requested';
      id: string;
      level: RiskLevel;
      cause: HandoverCause;
      reasons: readonly DangerReason[];
    }
  | { type: 'handover_withdrawn' }
  | {
      type: 'offer_checked';
      level: OfferLevel;
      /** ids of the signals found, strongest first */
      reasons: readonly string[];
      agency: 'exact' | 'similar' | 'none' | 'not_given';
      /** ids of the register rows named in the answer */
      agencyRows: readonly string[];
      registerDate: string;
    }
  | { type: 'question_answered'; lesson: string; question: string; right: boolean }
  /** `right`: no question of it was answered wrongly */
  | { type: 'lesson_finished'; lesson: string; right: boolean }
  /**
   * A text was no word that works everywhere, no answer, no offer and no wish. `learnable`: nothing speaks against showing its
   * wording to editors once it is redacted (`bot/engine/may-learn.ts`). The text itself stands in no event.
   */
  | { type: 'not_understood'; learnable: boolean }
  /** The person confirmed: everything about them is to be deleted now. */
  | { type: 'erase_requested' }
  | { type: 'flow_ended'; flow: string; exit: string }
  | { type: 'session_ended' }
  /** Our own mistake (a broken flow, a missing text). The person still got a message and numbers. */
  | { type: 'turn_failed'; code: string; flow: string | null; node: string | null };

export type SessionMode = 'normal' | 'quiet';
export type BotEventType = BotEvent['type'];
