/** Limits of one turn, each with its reason. */

/** Nodes run in one turn. The longest honest path (offer result with follow-up) is under 20; more is a loop. */
export const MAX_STEPS_PER_TURN = 60;

/** Flows inside flows. Three is the deepest in use; more is a cycle. */
export const MAX_SUBFLOW_DEPTH = 6;

/** What is read of one message, in UTF-16 units: twice the longest text of any channel's input (Telegram 4,096). */
export const MAX_INPUT_UTF16 = 8000;

/** Questions one can go back over; a whole offer check has eleven. */
export const MAX_HISTORY = 12;

/** Fragments are read together for ten minutes: people in danger write in pieces. */
export const RECENT_MINUTES = 10;
/** More pieces than this are not read together: the oldest drop out. */
export const MAX_RECENT = 8;
/** Longest fragment kept for reading together: a pasted advertisement is scanned once, not again with each next line. */
export const MAX_RECENT_UTF16 = 600;

/** Not understood this many times in a row: a counsellor is asked for. */
export const MISSES_UNTIL_A_PERSON = 3;

/** Longest slot kept, in UTF-16 units. */
export const MAX_SLOT_UTF16 = MAX_INPUT_UTF16;

/** A question left half-way is offered again for three days; after that the offer, or the worry, is another one. */
export const RESUME_DAYS = 3;

/** After half a day a new message is hardly the answer to the old question. */
export const STALE_HOURS = 12;

/** Longest answer in words of one's own inside a story, in UTF-16 units; what is longer tells or pastes something else. */
export const MAX_OWN_WORDS_UTF16 = 160;
