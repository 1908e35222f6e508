/** Remembers an access token for a moment, so that not every message asks the database for it. */
import type { AccessToken, TokenResult, TokenSource } from './channels/token-source.ts';
import type { Clock } from './ports.ts';

/**
 * Another instance may replace the token meanwhile. Then the platform refuses ours, the adapter asks for another, and that is never
 * answered from memory: nothing is lost, and nothing said twice.
 */
const REMEMBERED_MS = 1_000;

/** The same source; who asks while another asks gets the same answer. Only good tokens are remembered. */
export function rememberToken(source: TokenSource, clock: Clock): TokenSource {
  const state: {
    known: { access: AccessToken; until: number } | null;
    asking: Promise<TokenResult> | null;
    /** the newest generation a platform refused: not given from memory any more */
    refused: number;
  } = { known: null, asking: null, refused: -1 };

  function note(result: TokenResult): TokenResult {
    if (result.ok && result.access.generation > state.refused)
      state.known = { access: result.access, until: clock.now().getTime() + REMEMBERED_MS };
    return result;
  }

  return {
    ...source,
    get: () => {
      const { known } = state;
      if (known !== null && known.until > clock.now().getTime())
        return Promise.resolve({ ok: true, access: known.access });
      state.asking ??= source
        .get()
        .then(note)
        .finally(() => (state.asking = null));
      return state.asking;
    },
    replace: async (refused) => {
      state.refused = Math.max(state.refused, refused.generation);
      if (state.known !== null && state.known.access.generation <= state.refused) state.known = null;
      state.asking = null;
      return note(await source.replace(refused));
    },
  };
}
