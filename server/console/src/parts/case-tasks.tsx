/** What is to be done, and by when; the way after coming back adds its steps. */
import { Button, Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CasePartProps } from '../pages/case-page.tsx';
import { taskTitle } from './task-title.ts';

export function CaseTasks({ one, send, isSending }: CasePartProps) {
  const { t } = useTranslation();
  const [title, setTitle] = useState('');
  const [dueOn, setDueOn] = useState('');
  const isOpen = one.state === 'open';
  const hasPath = one.tasks.some(({ kind }) => kind === 'step');
  const add = (): void =>
    send({ path: 'tasks', body: { title, dueOn: dueOn === '' ? null : dueOn } }, () => {
      setTitle('');
      setDueOn('');
    });
  return (
    <section aria-labelledby="case-tasks">
      <h2 id="case-tasks">{t('cases.tasks')}</h2>
      <ul className="form">
        {one.tasks.map((task) => (
          <li key={task.id}>
            <Checkbox
              label={taskTitle(t, task)}
              description={
                task.doneAt !== null
                  ? t('cases.done')
                  : task.dueOn === null
                    ? t('cases.asap')
                    : t(task.isOverdue ? 'cases.dueWas' : 'cases.dueOn', { day: task.dueOn })
              }
              checked={task.doneAt !== null}
              disabled={!isOpen || isSending}
              onChange={({ currentTarget }) =>
                send({ path: `tasks/${task.id}`, body: { done: currentTarget.checked } })
              }
            />
          </li>
        ))}
      </ul>
      {hasPath && (
        <p>
          {/* outside the console: it keeps and sends nothing, also not to us */}
          <a href="/declaration" target="_blank" rel="noopener noreferrer">
            {t('cases.draftPage')}
          </a>
        </p>
      )}
      {isOpen && (
        <form
          className="care-checks"
          onSubmit={(event) => {
            event.preventDefault();
            if (title.trim() !== '') add();
          }}
        >
          <TextInput
            label={t('cases.newTask')}
            maxLength={200}
            autoComplete="off"
            value={title}
            onChange={({ currentTarget }) => setTitle(currentTarget.value)}
          />
          <TextInput
            type="date"
            label={t('cases.day')}
            value={dueOn}
            onChange={({ currentTarget }) => setDueOn(currentTarget.value)}
          />
          <Button type="submit" variant="default" disabled={title.trim() === '' || isSending}>
            {t('cases.addTask')}
          </Button>
          {!hasPath && (
            <Button
              variant="default"
              disabled={isSending}
              onClick={() => send({ path: 'return-path', body: { from: one.today } })}
            >
              {t('cases.returnPath')}
            </Button>
          )}
        </form>
      )}
    </section>
  );
}
