/** Everything the engine needs besides code: flows and content, validated together and frozen once at start-up. */

/** One file of `flows/` or `content/`, as text. `path` is relative to the repository, with `/`. */
export interface AssetSource {
  path: string;
  text: string;
}

/** One fault of one file: where it is, what is wrong, what to do. */
export interface Problem {
  severity: 'error' | 'warning';
  path: string;
  /** 1-based; null when the whole file is meant */
  line: number | null;
  message: string;
  mend: string;
}

export interface Assets {
  readonly languages: readonly string[];
}

export type LoadResult = { ok: true; assets: Assets; problems: readonly Problem[] } | { ok: false; problems: readonly Problem[] };

export function loadAssets(_sources: readonly AssetSource[]): LoadResult {
  throw new Error('not built yet');
}
