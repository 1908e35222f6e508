/** What an exchange of flows tells: notes on what could not be carried over, faults that stop it, and where each part went. */

/** One part of a source that another format cannot say, and what stands there instead. */
export interface Note {
  /** name of the flow in the source; null when the whole file is meant */
  flow: string | null;
  /** uuid of the node or block, or its id when it is one of ours */
  node: string | null;
  /** what it is in the words of the source: `call_webhook`, `case has_pattern`, `Core.Log` … */
  part: string;
  /** ids of the source this note answers for */
  ids: readonly string[];
  lost: string;
  instead: string;
}

/** Why a file cannot be read. All of them are given at once. */
export interface ExchangeFault {
  /** `line 3, column 5`, `flows[0].nodes[2].exits[1]`, or `file` */
  place: string;
  message: string;
  mend: string;
}

/** A part of the source that is in the result: its id there, and the flow and node it became. */
export interface Placed {
  source: string;
  flow: string;
  node: string;
}

/** A file to write; the path is relative to the folder that is chosen. */
export interface ExchangeFile {
  path: string;
  text: string;
}

export interface Imported {
  kind: 'imported';
  format: 'rapidpro' | 'floip';
  flows: readonly ExchangeFile[];
  /** BCP 47 tag → what to add to content/messages/<tag>.yaml */
  messages: Readonly<Record<string, ExchangeFile>>;
  notes: readonly Note[];
  placed: readonly Placed[];
}
export type ImportResult = Imported | { kind: 'refused'; faults: readonly ExchangeFault[] };

export function describeNote(note: Note): string {
  const place = [
    note.flow === null ? 'file' : `flow "${note.flow}"`,
    ...(note.node === null ? [] : [`node ${note.node}`]),
    note.part,
  ].join(', ');
  return `${place}: ${note.lost} Instead: ${note.instead}`;
}

export function describeFault(fault: ExchangeFault): string {
  return `${fault.place}: ${fault.message}. ${fault.mend.slice(0, 1).toUpperCase()}${fault.mend.slice(1)}.`;
}
