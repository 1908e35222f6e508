import { expect, it } from '@jest/globals';
import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { refetchInTurn } from '../../../server/console/src/app/refetch.ts';

it('shows what is true after a flow of changes, with no question thrown away', async () => {
  const client = new QueryClient();
  const cut: boolean[] = [];
  let truth = 0;
  const answers: (() => void)[] = [];
  const observer = new QueryObserver(client, {
    queryKey: ['queue'],
    queryFn: async ({ signal }) => {
      const seen = truth;
      await new Promise<void>((resolve) => answers.push(resolve));
      cut.push(signal.aborted);
      return seen;
    },
  });
  const shows = (wanted: number): Promise<void> =>
    new Promise((resolve) => {
      const stop = observer.subscribe(({ data }) => {
        if (data !== wanted) return;
        resolve();
        stop();
      });
    });
  const stopWatching = observer.subscribe(() => undefined);
  const first = shows(0);
  answers.shift()?.();
  await first;

  const last = shows(50);
  const refetch = refetchInTurn(client);
  for (truth = 1; truth < 50; truth += 1) refetch(['queue']);
  refetch(['queue']);
  expect(answers).toHaveLength(1);
  answers.shift()?.();
  while (answers.length === 0) await new Promise(setImmediate);
  answers.shift()?.();
  await last;
  expect(answers).toHaveLength(0);
  expect(cut).toEqual([false, false, false]);
  stopWatching();
});
