/** A refusal in words of the interface's language. */
import { useTranslation } from 'react-i18next';
import { ApiError, codeOf } from '../app/api.ts';

export function useErrorText(): (error: unknown) => string {
  const { t, i18n } = useTranslation();
  return (error) => {
    const refusal = error instanceof ApiError ? error.refusal : null;
    const name = refusal?.by?.displayName;
    const code = codeOf(error);
    const key = name === undefined && i18n.exists(`error.${code}_nobody`) ? `${code}_nobody` : code;
    const minutes = Math.max(1, Math.ceil((refusal?.retryAfterSeconds ?? 60) / 60));
    return t(i18n.exists(`error.${key}`) ? `error.${key}` : 'error.internal', { name, minutes });
  };
}
