/** What platforms tell us when something happens: the words all four builders share. */

export const EVENT_KINDS = [
  'text',
  'tap',
  'image',
  'voice',
  'sticker',
  'location',
  'start',
  'follow',
  'unfollow',
  'delivered',
  'read',
  'echo',
  'edit',
  'unsend',
  'reaction',
  'group',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export interface Happening {
  /** the person's id on the platform */
  person: string;
  /** makes the ids of the event; the same number is the same event */
  id: number;
  at: Date;
}

/** `value`: the text of a text, echo, edit or group message; the payload of a tap; of anything about a message its id. */
export type BuildEvent = (happening: Happening, value: string) => object;

export interface ChannelEvents {
  /** an invented person, the n-th */
  person: (n: number) => string;
  /** the id of the message of such an event, as the platform names it */
  messageId: (id: number) => string;
  /** what this platform can tell; a kind it does not know is absent */
  build: Partial<Record<EventKind, BuildEvent>> & Record<'text' | 'tap', BuildEvent>;
  /** how the platform puts events into bodies; some put several into one */
  pack: (events: readonly object[], perBody: number) => readonly object[];
  /** the platform's signature over exactly these bytes */
  sign: (raw: Buffer | string) => Readonly<Record<string, string>>;
}

/** One event per body. */
export function packSingly(events: readonly object[]): readonly object[] {
  return events;
}

export function chunk<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
