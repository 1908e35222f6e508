/** What a platform knows of people: who wrote when, who blocked us, and what each of them was shown, in order. */
import type { FaceName } from './answers.ts';

/** One message a person sees. */
export interface SentMessage {
  /** 1, 2, 3 … over all faces, in the order of acceptance */
  serial: number;
  face: FaceName;
  person: string;
  /** as the person reads it; '' with a recording */
  text: string;
  /** address of what the person hears */
  recording?: string;
  choices: readonly { label: string; payload: string }[];
  at: Date;
  requestId: string;
  messageId: string;
  /** the kind of sending where the platform has several: `reply`, `push`, `RESPONSE`, `HUMAN_AGENT` */
  how: string;
}

export interface Ledger {
  /** accepted messages of all faces, oldest first */
  all: SentMessage[];
  add: (message: Omit<SentMessage, 'serial' | 'at'>) => SentMessage;
  /** Resolves with the first message that matches; at once when it is there already. */
  waitFor: (matches: (message: SentMessage) => boolean) => Promise<SentMessage>;
}

export function createLedger(now: () => Date): Ledger {
  const all: SentMessage[] = [];
  let serial = 0;
  let waiting: { matches: (message: SentMessage) => boolean; resolve: (message: SentMessage) => void }[] = [];
  return {
    all,
    add: (message) => {
      serial += 1;
      const kept = { ...message, serial, at: now() };
      all.push(kept);
      for (const { resolve } of waiting.filter(({ matches }) => matches(kept))) resolve(kept);
      waiting = waiting.filter(({ matches }) => !matches(kept));
      return kept;
    },
    waitFor: (matches) => {
      const seen = all.find(matches);
      if (seen) return Promise.resolve(seen);
      return new Promise((resolve) => waiting.push({ matches, resolve }));
    },
  };
}

export interface People {
  /** the person did something at that time: opens the window, ends a block */
  touch: (person: string, at: Date) => void;
  block: (person: string) => void;
  isBlocked: (person: string) => boolean;
  /** when the person last did something; null = never */
  lastAt: (person: string) => Date | null;
}

/** @param knowsEverybody whoever never wrote counts as having written just now */
export function createPeople(knowsEverybody: boolean, now: () => Date): People {
  const seen = new Map<string, Date>();
  const blocked = new Set<string>();
  return {
    touch: (person, at) => {
      seen.set(person, at);
      blocked.delete(person);
    },
    block: (person) => void blocked.add(person),
    isBlocked: (person) => blocked.has(person),
    lastAt: (person) => seen.get(person) ?? (knowsEverybody ? now() : null),
  };
}
