/** A line that tells how something ended. */
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { useErrorText } from './error-text.ts';

export interface Toasts {
  tell: (message: string) => void;
  fail: (error: unknown) => void;
}

export function useToasts(): Toasts {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const closeButtonProps = { 'aria-label': t('app.close') };
  return {
    tell: (message) => void notifications.show({ message, autoClose: 8_000, closeButtonProps }),
    fail: (error) =>
      void notifications.show({
        ...{ color: 'red', message: errorText(error), role: 'alert', autoClose: 8_000, closeButtonProps },
      }),
  };
}
