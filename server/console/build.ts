/** Builds the console when it is missing or older than its sources. */
import { ensurePageBuilt } from '../page-build.ts';

export interface ConsoleBuild {
  /** absolute path of dist/console */
  folder: string;
}

/** @throws Error with the builder's words when the sources do not build */
export async function ensureConsoleBuilt(options: { log: (line: string) => void }): Promise<ConsoleBuild> {
  const bundled = ['src', '../fonts', 'index.html', 'vite.config.ts'];
  const sources = { name: 'console', title: 'the console', folder: import.meta.dirname, bundled };
  return { folder: await ensurePageBuilt(sources, options.log) };
}
