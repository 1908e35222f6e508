/** The systems compared with: installed into bench/ on the first run, loaded only there, so that the product stays lean. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';

const BENCH_FOLDER = join(import.meta.dirname, '..');
const PackageJsonSchema = z.object({
  version: z.string(),
  dependencies: z.record(z.string(), z.string()).optional(),
});

/** An install that hangs without a network is given up after this many tries. */
const FETCH_RETRIES = 1;

export type Installed = { kind: 'installed' } | { kind: 'missing'; why: string };

/**
 * Installs what `bench/package.json` names when it is not there in exactly these versions. No install script runs.
 * @param write is told about a lengthy install
 */
export async function ensureInstalled(write: (line: string) => void): Promise<Installed> {
  if (isInstalled()) return { kind: 'installed' };
  write('installing the systems compared with into bench/node_modules (first run only) …');
  const failure = await installAll();
  if (failure === null && isInstalled()) return { kind: 'installed' };
  return { kind: 'missing', why: failure ?? 'npm ended well, but a package is not there' };
}

/** @throws ZodError when the package has another shape than the adapter was written for */
export function loadPackage<T extends z.ZodType>(name: string, schema: T): z.infer<T> {
  const loaded: unknown = createRequire(import.meta.url)(name);
  return schema.parse(loaded);
}

export function versionOf(name: string): string {
  return readPackageJson(join(BENCH_FOLDER, 'node_modules', name)).version;
}

function isInstalled(): boolean {
  const wanted = Object.entries(readPackageJson(BENCH_FOLDER).dependencies ?? {});
  return wanted.every(([name, version]) => {
    try {
      return versionOf(name) === version;
    } catch {
      return false;
    }
  });
}

function readPackageJson(folder: string): z.infer<typeof PackageJsonSchema> {
  return PackageJsonSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
}

/** @returns what went wrong, or null */
async function installAll(): Promise<string | null> {
  const args = [
    'ci',
    '--prefix',
    BENCH_FOLDER,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    `--fetch-retries=${FETCH_RETRIES}`,
  ];
  const script = process.env['npm_execpath'];
  const child =
    script === undefined
      ? spawn('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] })
      : spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    await once(child, 'exit');
  } catch {
    return 'npm could not be started';
  }
  return child.exitCode === 0 ? null : `npm ended with code ${child.exitCode ?? 'none'}`;
}
