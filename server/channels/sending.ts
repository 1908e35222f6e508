/** May a counsellor write there now: the rules over what the database knows of one conversation. */
import type { Clock, Db, Sending, Vault } from '../ports.ts';
import { judgePlan } from '../safe-contact.ts';
import { openPlan, readSealedPlan } from '../store/safe-contact.ts';
import { readSendingFacts, type SendingFacts } from '../store/sending.ts';
import { type ChannelRules, ruleOf } from './rules.ts';
import { maySend, type Quota } from './windows.ts';

export interface SendingDeps {
  rules: ChannelRules;
  quotaOf: (channel: string, account: string) => Quota | null;
  clock: Clock;
  vault: Vault;
  /** a word that would show what a text is about, or null */
  findBetrayal: (language: string, text: string) => string | null;
}

type Held = Pick<Sending, 'reason' | 'until'>;

/**
 * The sender asks all of it again.
 *
 * @returns a question for the staff API, about a text or about writing at all; null for a conversation that does not exist
 */
export function createSendingCheck({ rules, quotaOf, clock, vault, findBetrayal }: SendingDeps) {
  return async (db: Db, conversationId: string, text: string | null = null): Promise<Sending | null> => {
    const facts = await readSendingFacts(db, conversationId);
    if (facts === null) return null;
    const { channel, account, blocked, lastInboundAt, sentSince } = facts;
    const closed = { ok: false, left: null, outsideWindow: false } as const;
    if (blocked) return { ...closed, reason: 'person_blocked', until: null };
    const held = judgeByPlan(facts);
    if (held !== null) return { ...closed, ...held };
    const quota = quotaOf(channel, account);
    const permission = maySend(rules, {
      ...{ channel, author: 'counsellor', lastInboundAt, sentSince, quota },
      now: clock.now(),
    });
    return permission.ok ? { ...permission, reason: null } : { ...closed, ...permission };

    function judgeByPlan({ channel, lastInboundAt, ...row }: SendingFacts): Held | null {
      const sealed = readSealedPlan(row);
      const now = clock.now();
      if (sealed === null || (sealed.overrideUntil !== null && now < sealed.overrideUntil)) return null;
      const hasBetrayingWords = text !== null && findBetrayal(row.language, text) !== null;
      const verdict = judgePlan(openPlan(vault, conversationId, sealed), {
        ...{ author: 'counsellor', channel, lastInboundAt, isUnasked: false, hasBetrayingWords, now },
      });
      if (verdict.kind === 'ok') return null;
      return { reason: verdict.reason, until: verdict.kind === 'wait' ? verdict.until : null };
    }
  };
}

/** Windows as the desk orders by them: how long a counsellor may answer. */
export function listWindows(rules: ChannelRules): readonly { channel: string; hours: number }[] {
  return rules.channels.flatMap(({ channel }) => {
    const { answer_hours: hours, people_hours: people } = ruleOf(rules, channel);
    const own = people ?? hours;
    return own === null ? [] : [{ channel, hours: own }];
  });
}
