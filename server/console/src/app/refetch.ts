/** Fetching again what the server says has changed, however fast it says so. */
import { hashKey, type QueryClient } from '@tanstack/react-query';

/**
 * Asks for a key again; while its answer is on the way, further wishes become one more question after it. A question per
 * event would throw each answer away for the next: on a slow line, in a busy hour, nothing new would ever be shown.
 */
export function refetchInTurn(client: QueryClient): (key: readonly unknown[]) => void {
  const running = new Set<string>();
  const wanted = new Set<string>();
  const run = async (key: readonly unknown[], hash: string): Promise<void> => {
    running.add(hash);
    do {
      wanted.delete(hash);
      // never rejects: an error belongs to the query
      await client.invalidateQueries({ queryKey: key });
    } while (wanted.has(hash));
    running.delete(hash);
  };
  return (key) => {
    const hash = hashKey(key);
    if (running.has(hash)) wanted.add(hash);
    else void run(key, hash);
  };
}
