/** Runs the simulator in a browser: one function for the test to call. */
import { playLines } from './play.ts';

async function play(lines: readonly string[]): Promise<string> {
  const response = await fetch('/sources.json');
  return playLines(await response.json(), lines);
}

Object.assign(globalThis, { play });
