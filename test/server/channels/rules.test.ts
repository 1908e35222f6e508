/** The dated rules of the channels: what a fault in the file says, and what is overdue. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  CHANNEL_RULES_PATH,
  listExpired,
  parseChannelRules,
  ruleOf,
} from '../../../server/channels/rules.ts';
import { repositoryRoot } from '../../support/assets.ts';
import { rules } from '../../support/rules.ts';

const released = readFileSync(path.join(repositoryRoot, CHANNEL_RULES_PATH), 'utf8');
const faultsOf = (text: string): readonly string[] => {
  const result = parseChannelRules(text);
  return result.ok ? [] : result.faults;
};

describe('the rules of the channels', () => {
  it('are sound as released, with a source and two dates each', () => {
    expect(faultsOf(released)).toEqual([]);
    expect(rules.channels.every(({ source, checked, expires }) => source !== '' && checked < expires)).toBe(
      true,
    );
  });

  it.each([
    ['a channel twice', released.replace('channel: telegram', 'channel: line'), 'channels: has each channel'],
    ['an unknown channel', released.replace('channel: telegram', 'channel: pigeon'), 'channels.3.channel'],
    [
      'a word for a number',
      released.replace('answer_hours: 24', 'answer_hours: day'),
      'channels.1.answer_hours',
    ],
    [
      'a misspelt key',
      released.replace('people_hours: 168', 'peple_hours: 168'),
      'channels.1: Unrecognized key',
    ],
    ['a date of another kind', released.replace("'2027-02-22'", '22/2/2027'), 'channels.2.expires: a date'],
    ['a zone that is none', released.replace('Asia/Tokyo', 'Asia/Nowhere'), 'quota.zone: is no time zone'],
    ['a time that is none', released.replace("'22:00'", "'25:00'"), 'quiet_hours.from: a time of day'],
    ['broken YAML', `${released}\n  - [`, ''],
    ['nothing', '', 'file:'],
  ])('name the place of %s', (_what, text, fault) => {
    expect(faultsOf(text)[0]).toEqual(expect.any(String));
    expect(faultsOf(text).join('\n')).toContain(fault);
  });

  it('say which are overdue, and hold nevertheless', () => {
    expect(listExpired(rules, new Date('2026-11-25T00:00:00Z'))).toEqual([]);
    expect(listExpired(rules, new Date('2027-02-22T00:00:00Z'))).toEqual(['zalo']);
    expect(ruleOf(rules, 'zalo').answer_hours).toBe(168);
  });
});
