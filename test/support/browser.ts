/** A real browser for end-to-end tests: the machine's own Chromium when there is one, else the one inside `@sparticuz/chromium`. */
import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const run = promisify(execFile);

/** Nothing is fetched in the background, so that a network log holds only what the page asked for. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
];

const SYSTEM_NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/**
 * Starts a headless browser with an empty profile of its own; `browser.close()` removes the profile.
 * Open pages with `browser.newContext(...)`: each context has its own cookies, storage and history.
 *
 * @param extraEnv of the browser's process, over our own
 * @throws Error when no browser starts: a test that cannot run fails
 */
export async function launchBrowser(
  extraFlags: readonly string[] = [],
  extraEnv: Readonly<Record<string, string>> = {},
): Promise<Browser> {
  const args = [...FLAGS, ...extraFlags];
  const own = { ...definedOnly(process.env), ...extraEnv };
  const system = await findSystemChromium();
  if (system !== null)
    return chromium.launch({ executablePath: system, args: ['--headless=new', ...args], env: own });

  const folder = await unpackShippedChromium();
  const executablePath = join(folder, 'chromium');
  try {
    return await chromium.launch({ executablePath, args, env: own });
  } catch (error) {
    // a bare machine lacks NSS, expat or fonts: the package brings them too
    if (!(error instanceof Error) || !error.message.includes('shared libraries')) throw error;
    const env = {
      ...definedOnly(process.env),
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
      FONTCONFIG_PATH: join(folder, 'fonts'),
      ...extraEnv,
    };
    return await chromium.launch({ executablePath, args, env });
  }
}

async function findSystemChromium(): Promise<string | null> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const name of SYSTEM_NAMES) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (await isExecutable(path)) return path;
    }
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/**
 * Unpacks into a folder of its own, then renames: two test workers may do so at once and neither sees half a browser.
 * The package decides by environment what it unpacks and where, hence a child process with its own environment.
 */
async function unpackShippedChromium(): Promise<string> {
  const require = createRequire(import.meta.url);
  const packageFile = join(dirname(require.resolve('@sparticuz/chromium')), '..', 'package.json');
  const version = /"version":\s*"([^"]+)"/.exec(await readFile(packageFile, 'utf8'))?.[1] ?? 'unknown';
  const folder = join(tmpdir(), `hoi-truoc-chromium-${version}-${String(process.getuid?.() ?? 0)}`);
  if (await isExecutable(join(folder, 'chromium'))) return folder;

  const draft = await mkdtemp(join(tmpdir(), 'hoi-truoc-chromium-draft-'));
  const script = `import(${JSON.stringify(require.resolve('@sparticuz/chromium'))}).then((c) => c.default.executablePath())`;
  await run(process.execPath, ['-e', script], {
    env: { ...process.env, TMPDIR: draft, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' },
  });
  await mkdir(dirname(folder), { recursive: true });
  try {
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!(await isExecutable(join(folder, 'chromium')))) throw error;
  }
  return folder;
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  const defined: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined) defined[name] = value;
  return defined;
}
