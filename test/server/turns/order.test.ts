import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSignal } from '../../../server/turns/signal.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { fakeChannel, message, startInstance } from '../../support/turns.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('the life of a message', () => {
  it('answers each delivery once, whoever delivers it again', async () => {
    const channel = fakeChannel();
    const one = startInstance(database, { channels: [channel] });
    const hello = message('dedupe', 'chào');
    const outcomes = await Promise.all(
      [hello, hello, hello].map((event) => one.inbox.accept('telegram', 'default', [event])),
    );
    expect(outcomes.map(({ stored }) => stored).sort()).toEqual([0, 0, 1]);
    await one.work();
    expect(await one.inbox.accept('telegram', 'default', [hello])).toEqual({ stored: 0, known: 1 });
    await one.work();
    expect(channel.sent.map(({ text }) => text)).toEqual(['1:chào']);
  });

  it('stores nothing of groups, receipts and echoes', async () => {
    const { inbox } = startInstance(database);
    const events = [
      message('quiet', 'x', { conversationType: 'group' }),
      message('quiet', '', { kind: 'read' }),
      message('quiet', 'x', { kind: 'echo' }),
      message('quiet', '', { kind: 'reaction' }),
    ];
    expect(await inbox.accept('telegram', 'default', events)).toEqual({ stored: 0, known: 0 });
  });

  it('takes 20 messages of one person in order and once, each delivered twice to two instances at work', async () => {
    const channel = fakeChannel();
    const instances = [
      startInstance(database, { channels: [channel] }),
      startInstance(database, { channels: [channel] }),
    ];
    const signals = instances.map(() => createSignal());
    instances.forEach(({ runner }, index) => runner.start(signals[index] ?? createSignal()));
    const texts = Array.from({ length: 20 }, (_, index) => `m${index + 1}`);
    for (const text of texts) {
      const event = message('twenty', text);
      await Promise.all(instances.map(({ inbox }) => inbox.accept('telegram', 'default', [event])));
      signals.forEach((signal) => signal.wake());
    }
    await Promise.all(instances.map(({ runner }) => runner.stop()));
    for (const instance of instances) {
      await instance.work();
      await instance.sender.sweep();
      await instance.sender.settle();
    }
    expect(channel.sent.map(({ text }) => text)).toEqual(texts.map((text, index) => `${index + 1}:${text}`));
  });

  it('takes messages that all arrive at once each exactly once, and its answers in the order of its turns', async () => {
    const channel = fakeChannel();
    const instances = [
      startInstance(database, { channels: [channel] }),
      startInstance(database, { channels: [channel] }),
    ];
    const events = Array.from({ length: 20 }, (_, index) =>
      message('at once', `m${index + 1}`, {
        messageId: String(index + 1),
        sentAt: new Date('2026-11-20T08:00:00Z'),
      }),
    );
    await Promise.all(
      events.flatMap((event) => instances.map(({ inbox }) => inbox.accept('telegram', 'default', [event]))),
    );
    await Promise.all(instances.map(({ work }) => work()));
    const texts = channel.sent.map(({ text }) => text);
    expect(texts).toEqual(Array.from({ length: 20 }, (_, index) => `${index + 1}:m${index + 1}`));
  });

  it('reaches everybody in one round, however much the first ones write meanwhile', async () => {
    const channel = fakeChannel();
    const one = startInstance(database, { channels: [channel] });
    const write = async (people: readonly string[]): Promise<void> => {
      await Promise.all(
        people.map((person) => one.inbox.accept('telegram', 'default', [message(person, 'x')])),
      );
    };
    const everybody = Array.from({ length: 150 }, (_, index) => `round ${index}`);
    await write(everybody);
    const answered = (): string[] => [...new Set(channel.sent.map(({ to }) => to))];
    for (let batch = 1; batch <= 3; batch += 1) {
      await one.runner.runOnce();
      await one.sender.settle();
      await write(answered());
    }
    expect(answered().sort()).toEqual(everybody.sort());
    await one.work();
  });

  it('keeps conversations apart: fifty people at once each get their own answers', async () => {
    const channel = fakeChannel();
    const one = startInstance(database, { channels: [channel] });
    const people = Array.from({ length: 50 }, (_, index) => `person ${index}`);
    await Promise.all(
      people.map((person) => one.inbox.accept('telegram', 'default', [message(person, 'TWICE')])),
    );
    await one.work();
    for (const person of people) {
      expect(channel.sent.filter(({ to }) => to === person).map(({ text }) => text)).toEqual([
        '1:TWICE',
        '1:again',
      ]);
    }
  });
});
