/** The parts used of two libraries that bring no types. */
declare module 'gettext-parser' {
  export interface PoEntry {
    msgctxt?: string;
    msgid: string;
    msgstr: string[];
    comments?: { translator?: string; reference?: string; extracted?: string; flag?: string };
  }
  export interface PoFile {
    charset: string;
    /** missing where the text was no PO file at all */
    headers?: Record<string, string>;
    /** by context, then by msgid */
    translations: Record<string, Record<string, PoEntry>>;
  }
  export const po: {
    /** @throws Error for what is no PO file */
    parse: (text: string, options?: { validation?: boolean }) => PoFile;
    compile: (file: PoFile, options?: { foldLength?: number }) => Buffer;
  };
}
declare module 'xliff' {
  export interface XliffUnit {
    source: unknown;
    target?: unknown;
    note?: unknown;
  }
  export interface XliffFile {
    sourceLanguage: string;
    targetLanguage?: string;
    /** by file id, then by unit id */
    resources: Record<string, Record<string, XliffUnit>>;
  }
  export const js2xliff: (file: XliffFile) => Promise<string>;
  /** @throws Error for what is no XLIFF 2.0 */
  export const xliff2js: (xml: string) => Promise<XliffFile>;
}
