/** Remembers an access token for a moment, so that sending a hundred messages does not read it from the database a hundred times. */
import type { TokenResult, TokenSource } from './channels/token-source.ts';
import type { Clock } from './ports.ts';

/**
 * How long another instance's refresh may stay unseen. Harmless: the platform refuses the old token, and `replace` reads the new
 * one from the database without another refresh.
 */
const REMEMBERED_MS = 1_000;

/** Passes everything on; only `get` is answered from memory while the last good answer is young. */
export function rememberToken(source: TokenSource, clock: Clock): TokenSource {
  const state: { known: { result: TokenResult; until: number } | null; asking: Promise<TokenResult> | null } =
    { known: null, asking: null };

  async function ask(): Promise<TokenResult> {
    const result = await source.get();
    state.known = result.ok ? { result, until: clock.now().getTime() + REMEMBERED_MS } : null;
    state.asking = null;
    return result;
  }

  return {
    ...source,
    get: () => {
      if (state.known !== null && clock.now().getTime() < state.known.until)
        return Promise.resolve(state.known.result);
      state.asking ??= ask();
      return state.asking;
    },
    replace: async (refused) => {
      const result = await source.replace(refused);
      state.known = result.ok ? { result, until: clock.now().getTime() + REMEMBERED_MS } : null;
      return result;
    },
  };
}
