/** What a task says; a step of the way after coming back quotes the register as it may be quoted today. */
import type { TFunction } from 'i18next';
import type { Task } from '../../../api/case-contract.ts';

export function taskTitle(t: TFunction, task: Omit<Task, 'title'> & { title?: string | null }): string {
  if (task.kind === 'own') return task.title ?? t('cases.ownTask');
  return task.kind === 'step' ? t(`cases.step.${task.step ?? ''}`, task.facts) : t(`cases.task.${task.kind}`);
}
