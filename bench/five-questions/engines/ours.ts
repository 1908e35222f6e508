/** Our engine on the script: the real content with the script's flow and texts laid over it in memory. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Assets,
  type AssetSource,
  loadAssets,
  readSession,
  type Session,
  startSession,
  takeTurn,
  type TurnInput,
} from '../../../bot/index.ts';
import { readAssetSources } from '../../../server/assets.ts';
import { type Answer, LANGUAGES, type ScriptEngine, type Stepped } from '../script.ts';

export const OURS_FOLDER = join(import.meta.dirname, '..', 'ours');
const CAN = { audio: false, buttons: true, location: false };
const FLOWS = ['five-questions', 'welcome'] as const;

/**
 * @param root the repository
 * @throws Error naming the first faults when the content does not load
 */
export async function loadScriptAssets(root: string): Promise<Assets> {
  const result = loadAssets(await laidOver(await readAssetSources(root)));
  if (result.ok) return result.assets;
  const faults = result.problems
    .filter((problem) => problem.severity === 'error')
    .slice(0, 5)
    .map((problem) => `${problem.path}:${problem.line ?? ''} ${problem.message}`);
  throw new Error(`the script does not load beside the content:\n${faults.join('\n')}`);
}

async function laidOver(sources: readonly AssetSource[]): Promise<readonly AssetSource[]> {
  // nobody stands in a released version here
  const today = sources.filter(({ path }) => !path.startsWith('flows/released/'));
  const all = new Map(today.map((source) => [source.path, source.text]));
  for (const flow of FLOWS)
    all.set(`flows/${flow}.yaml`, await readFile(join(OURS_FOLDER, 'flows', `${flow}.yaml`), 'utf8'));
  for (const language of LANGUAGES) {
    const path = `content/messages/${language}.yaml`;
    const added = await readFile(join(OURS_FOLDER, 'messages', `${language}.yaml`), 'utf8');
    all.set(path, `${all.get(path) ?? ''}\n${added}`);
  }
  return [...all].map(([path, text]) => ({ path, text }));
}

export function createOurs(assets: Assets, version: string): ScriptEngine {
  const turn = (session: Session, input: TurnInput): Stepped => {
    const world = { now: new Date(), newId: () => randomUUID(), staffed: true, muted: false, can: CAN };
    const { session: next, events } = takeTurn(assets, session, input, world);
    const said = events.flatMap((event) => {
      if (event.type === 'turn_failed') throw new Error(`a turn failed: ${event.code}`);
      if (event.type !== 'message_created') return [];
      return [{ text: event.text, choices: event.choices.map((choice) => choice.label) }];
    });
    return { stored: JSON.stringify(next), said };
  };
  return {
    name: 'Hỏi Trước',
    version,
    kind: 'dialogue engine',
    start: (language) =>
      Promise.resolve(turn(startSession(language), { kind: 'start', ref: null, languageHint: language })),
    step: (stored, answer) => {
      const read = readSession(JSON.parse(stored));
      if (read.kind === 'unreadable') throw new Error('unreadable session');
      return Promise.resolve(turn(read.session, inputOf(answer)));
    },
  };
}

function inputOf(answer: Answer): TurnInput {
  return answer.kind === 'tap'
    ? { kind: 'choice', id: `five-questions.${answer.question}.${answer.id}` }
    : { kind: 'text', text: answer.text, forwarded: false };
}
