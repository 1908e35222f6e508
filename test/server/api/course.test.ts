/** The course in the staff API: played by the real engine with the real content, progress of one's own, numbers for supervisors. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { CoursePeopleSchema, CourseSchema, PlayedSchema } from '../../../server/api/course-contract.ts';
import type { CourseAnswer, PlayedModule } from '../../../server/api/course-contract.ts';
import { createCourse } from '../../../server/course/course.ts';
import { loadRealAssets } from '../../support/assets.ts';
import { startDesk, type Desk } from '../../support/desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await startDesk({ learning: { course: createCourse(await loadRealAssets()) } });
}, 60_000);
afterAll(() => desk.stop());
afterEach(async () => {
  await desk.database.pool.query('delete from course_progress');
  expect(desk.failures).toEqual([]);
});

const taps = (module: string, ...choices: readonly string[]): CourseAnswer[] =>
  choices.map((choice) => ({ tap: `officer-course.${module}.${choice}` }));
const STORY = taps('recognise', 'counter-b', 'alone-a', 'reply-b');
const WHOLE = [...STORY, ...taps('recognise', 'parts-b', 'single-a', 'waits-b')];

async function play(
  cookie: string,
  answers: CourseAnswer[],
  module = 'officer-recognise',
): Promise<PlayedModule> {
  const { status, body } = await desk.call('POST', `/course/${module}/play`, { cookie, body: { answers } });
  expect(status).toBe(200);
  return PlayedSchema.parse(body);
}

async function finish(cookie: string, answers: CourseAnswer[]): Promise<number> {
  const { status } = await desk.call('POST', '/course/officer-recognise/finish', {
    cookie,
    body: { answers },
  });
  return status;
}

async function listOf(cookie: string) {
  return CourseSchema.parse((await desk.call('GET', '/course', { cookie })).body);
}

async function auditRows(): Promise<readonly Record<string, unknown>[]> {
  const { rows } = await desk.database.pool.query<Record<string, unknown>>(
    `select user_id, object_kind, detail from audit where action = 'course_module_finished' order by id`,
  );
  return rows;
}

describe('playing a module', () => {
  it('begins with its card and the first question, in the language of the account', async () => {
    const { cookie } = await desk.addStaff('officer');
    const begun = await play(cookie, []);
    expect(begun.said[0]?.text).toMatch(/^Chị Vân làm ở bộ phận một cửa/);
    expect(begun.said.at(-1)?.choices.map(({ label }) => label)).toContain('Mời cháu ra bàn khác');
    await desk.call('PATCH', '/me', { cookie, body: { uiLanguage: 'en' } });
    expect((await play(cookie, [])).said[0]?.text).toMatch(/^Vân works at the one-stop desk/);
  });

  it('tells what a choice costs and asks again, then leads on', async () => {
    const { cookie } = await desk.addStaff('counsellor');
    const back = await play(cookie, taps('recognise', 'counter-a'));
    expect(back.said.at(-1)?.choices).toHaveLength(3);
    const on = await play(cookie, taps('recognise', 'counter-a', 'counter-b'));
    expect(on.said[1]?.text).toContain('Mỷ nói nhỏ');
  });

  it('takes words of one’s own where they are asked for, and says nothing of danger to the staff', async () => {
    const { cookie } = await desk.addStaff('editor');
    const before = await play(cookie, STORY.slice(0, 2));
    expect([before.takesText, (await play(cookie, [])).takesText]).toEqual([true, false]);
    const own = await play(cookie, [...STORY.slice(0, 2), { text: 'cháu xuống xe đi, ở lại với cô' }]);
    expect(own.said[0]?.text).toMatch(/^Cảm ơn bạn/);
  });

  it.each(['họ nhốt em trong phòng, cứu em với', 'người', 'menu', 'dừng'])(
    'does not take “%s”, which would lead out of it',
    async (text) => {
      const { cookie } = await desk.addStaff('reviewer');
      const strayed = await play(cookie, [...STORY.slice(0, 2), { text }]);
      expect(strayed).toMatchObject({ strayed: true, finished: false, said: [], takesText: true });
    },
  );

  it('ends with what to do and whom to ask, and without the question of the bot what comes next', async () => {
    const { cookie } = await desk.addStaff('auditor');
    const end = await play(cookie, WHOLE);
    expect(end.finished).toBe(true);
    expect(end.said.at(-1)).toMatchObject({ choices: [], text: expect.stringContaining('• 111') });
  });

  it('looks up an old province in the table of what changed', async () => {
    const { cookie } = await desk.addStaff('officer');
    const asked = await play(cookie, [{ tap: 'what-changed.which.provinces' }], 'what-changed');
    expect(asked.takesText).toBe(true);
    const found = await play(
      cookie,
      [{ tap: 'what-changed.which.provinces' }, { text: 'ha giang' }],
      'what-changed',
    );
    expect(found.said[0]?.text).toContain('Tuyên Quang');
  });

  it('keeps no answer and knows no other module', async () => {
    const { cookie } = await desk.addStaff('officer');
    await play(cookie, [...STORY.slice(0, 2), { text: 'cháu ở đây với cô nhé' }]);
    const { rows } = await desk.database.pool.query('select * from course_progress');
    expect(rows).toEqual([]);
    const { status } = await desk.call('POST', '/course/market-day/play', { cookie, body: { answers: [] } });
    expect(status).toBe(404);
  });
});

describe('one’s own progress', () => {
  it('is a day, kept once, and audited without the module', async () => {
    const { cookie, userId } = await desk.addStaff('officer');
    expect([await finish(cookie, WHOLE), await finish(cookie, WHOLE)]).toEqual([200, 200]);
    const { modules } = await listOf(cookie);
    expect(modules.filter(({ finishedOn }) => finishedOn !== null)).toMatchObject([
      { id: 'officer-recognise', finishedOn: '2026-11-20' },
    ]);
    expect(await auditRows()).toEqual([{ user_id: userId, object_kind: 'user', detail: {} }]);
  });

  it('is not there for answers that do not reach the end', async () => {
    const { cookie } = await desk.addStaff('officer');
    expect(await finish(cookie, STORY)).toBe(409);
    expect((await listOf(cookie)).modules.every(({ finishedOn }) => finishedOn === null)).toBe(true);
  });

  it('is seen by nobody else', async () => {
    const [one, other] = [await desk.addStaff('officer'), await desk.addStaff('officer')];
    await finish(one.cookie, WHOLE);
    expect((await listOf(other.cookie)).modules.every(({ finishedOn }) => finishedOn === null)).toBe(true);
  });
});

it('tells supervisors how many people finished a module, and nothing else', async () => {
  for (const role of ['officer', 'counsellor'] as const)
    await finish((await desk.addStaff(role)).cookie, WHOLE);
  const { cookie } = await desk.addStaff('supervisor');
  const { body } = await desk.call('GET', '/course/people', { cookie });
  const { modules } = CoursePeopleSchema.parse(body);
  expect(modules.slice(0, 2)).toEqual([
    { id: 'officer-recognise', people: 2 },
    { id: 'officer-first-contact', people: 0 },
  ]);
});

describe('the list', () => {
  it('has nine modules in their order, each with the facts it names and where they come from', async () => {
    const { modules, provinces } = await listOf((await desk.addStaff('officer')).cookie);
    expect(modules.map(({ id, group }) => `${group} ${id}`)).toEqual([
      'meet officer-recognise',
      'meet officer-first-contact',
      'meet officer-interview',
      'meet officer-children',
      'onward officer-path',
      'onward officer-refer',
      'onward officer-case',
      'keep officer-data',
      'keep officer-self-care',
    ]);
    const path = modules.find(({ id }) => id === 'officer-path');
    expect(path?.sources.find(({ id }) => id === 'first-check-days')).toMatchObject({
      text: '3 ngày',
      isHeld: false,
      checked: '2026-11-22',
    });
    expect(path?.sources.find(({ id }) => id === 'support-form')).toMatchObject({ isHeld: true });
    expect(provinces).toHaveLength(34);
    expect(provinces.find(({ now }) => now === 'Tuyên Quang')?.formerly).toContain('Hà Giang');
  });
});
