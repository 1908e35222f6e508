import { describe, expect, it } from '@jest/globals';
import { shouldSend } from '../../server/console/src/hooks/send-key.ts';

const enter = {
  key: 'Enter',
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  composing: false,
};

describe('shouldSend', () => {
  it.each([
    { title: 'Enter', press: enter, withEnter: true, withCtrlEnter: false },
    { title: 'Shift+Enter', press: { ...enter, shiftKey: true }, withEnter: false, withCtrlEnter: false },
    { title: 'Ctrl+Enter', press: { ...enter, ctrlKey: true }, withEnter: true, withCtrlEnter: true },
    { title: 'Cmd+Enter', press: { ...enter, metaKey: true }, withEnter: true, withCtrlEnter: true },
    { title: 'Alt+Enter', press: { ...enter, altKey: true }, withEnter: false, withCtrlEnter: false },
    {
      title: 'Enter that ends a composed letter',
      press: { ...enter, composing: true },
      withEnter: false,
      withCtrlEnter: false,
    },
    {
      title: 'Ctrl+Enter while composing',
      press: { ...enter, ctrlKey: true, composing: true },
      withEnter: false,
      withCtrlEnter: false,
    },
    { title: 'another key', press: { ...enter, key: 'a' }, withEnter: false, withCtrlEnter: false },
  ])('$title', ({ press, withEnter, withCtrlEnter }) => {
    expect([shouldSend(press, 'enter'), shouldSend(press, 'ctrl-enter')]).toEqual([withEnter, withCtrlEnter]);
  });
});
