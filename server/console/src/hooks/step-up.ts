/** What needs the second factor again: the dialog asks for it, then the request is repeated. */
import { useCallback } from 'react';
import { ApiError, codeOf } from '../app/api.ts';
import { useServices } from '../app/services.ts';

/** @returns runs the work; it throws `step_up_declined` when the dialog was closed */
export function useStepUp(): <T>(work: () => Promise<T>) => Promise<T> {
  const { stepUp } = useServices();
  return useCallback(
    async (work) => {
      try {
        return await work();
      } catch (error) {
        if (codeOf(error) !== 'step_up_required') throw error;
        const shown = await new Promise<boolean>((resolve) => stepUp.set({ settle: resolve }));
        stepUp.set(null);
        if (!shown) throw new ApiError({ code: 'step_up_declined' });
        return work();
      }
    },
    [stepUp],
  );
}
