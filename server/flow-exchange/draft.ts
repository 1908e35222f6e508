/** A flow while it is read: nodes point at parts of the source; ids, ends and circles are settled in to-flow.ts. */
import type { ExchangeFault, Note } from './report.ts';
import type { SlotTable } from './slot-table.ts';
import type { TextTable } from './text-table.ts';

/** What is known beside the file, so that nothing of ours is shadowed. */
export interface Surroundings {
  /** tags that are served; null: any */
  served: readonly string[] | null;
  /** ids of flows there are */
  flows: readonly string[];
  /** names of slots there are */
  slots: readonly string[];
  /** recordings there are, `content/audio/en/welcome.mp3` */
  recordings: readonly string[];
  /** language of a source that does not name its own */
  language: string;
}

/** Where a way leads: a part of the source by its key, or null for the end of the flow. */
export type Target = string | null;

export interface DraftNode {
  /** names this node as a target; the id of a node or block of the source, with a number behind it for its later steps */
  key: string;
  /** how it would like to be called; made unique later */
  wish: string;
  /** fields between id and exits, kind first */
  body: Readonly<Record<string, unknown>>;
  /** null for an end */
  exits: readonly (readonly [name: string, target: Target])[] | null;
  /** ids of the source that this node stands for */
  from: readonly string[];
  /** node or block of the source, for notes */
  node: string;
  /** message keys it uses: they go when it goes */
  messages: readonly string[];
}

export interface SourcePart {
  id: string;
  node: string;
  /** `case has_text`, `exit` … */
  part: string;
}

export interface DraftFlow {
  id: string;
  /** as the source calls it */
  name: string;
  comment: readonly string[];
  /** fields after `start`, of our own export only */
  extra: Readonly<Record<string, unknown>>;
  version: number;
  start: Target;
  nodes: readonly DraftNode[];
  /** parts that became nothing: key → where the way goes on */
  passages: ReadonlyMap<string, Target>;
  /** ids of the source that a passage stands for */
  passed: readonly { ids: readonly string[]; key: string }[];
  /** every part of the source, so that none goes unsaid */
  parts: readonly SourcePart[];
  /** true when ids and slots are to be taken as they are: our own export */
  isOwn: boolean;
}

export interface Import {
  surroundings: Surroundings;
  slots: SlotTable;
  texts: TextTable;
  notes: Note[];
}

export type Drafts =
  { ok: true; flows: readonly DraftFlow[] } | { ok: false; faults: readonly ExchangeFault[] };
