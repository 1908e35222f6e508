/** The course: its modules, playing one, and one's own progress. Everybody on the staff may learn. */
import { addFinished, countPeople, listFinished } from '../store/course.ts';
import { appendAudit } from '../store/audit.ts';
import { vietnamDay } from '../vietnam-day.ts';
import { DoneSchema, EmptySchema } from './contract.ts';
import {
  AnswersSchema,
  CoursePeopleSchema,
  CourseSchema,
  ModuleParamsSchema,
  PlayedSchema,
} from './course-contract.ts';
import { done, ownRoute, readRoute, refused } from './route.ts';
import type { Route } from './route.ts';

export const courseRoutes: readonly Route[] = [
  readRoute({
    method: 'get',
    path: '/course',
    permission: 'account',
    summary: 'The modules with their sources, and which of them you finished.',
    params: EmptySchema,
    body: EmptySchema,
    output: CourseSchema,
    handle: async ({ actor, db, tools }) => {
      const finished = await listFinished(db, actor.userId);
      const { course, clock } = tools;
      return done({
        modules: course.modules(actor.uiLanguage, clock.now()).map((module) => ({
          ...module,
          sources: [...module.sources],
          finishedOn: finished.get(module.id) ?? null,
        })),
        provinces: course
          .provinces(actor.uiLanguage)
          .map(({ now, formerly }) => ({ now, formerly: [...formerly] })),
      });
    },
  }),
  // changes nothing: the answers come with each request and are gone with it
  readRoute({
    method: 'post',
    path: '/course/:module/play',
    permission: 'account',
    summary: 'What the engine says after these answers. Nothing is kept.',
    params: ModuleParamsSchema,
    body: AnswersSchema,
    output: PlayedSchema,
    refusals: ['not_found'],
    handle: ({ params, body, actor, tools }) => {
      const played = tools.course.play(params.module, body.answers, actor.uiLanguage, tools.clock.now());
      if (played === null) return Promise.resolve(refused('not_found'));
      const said = played.said.map(({ text, choices }) => ({ text, choices: [...choices] }));
      return Promise.resolve(done({ ...played, said }));
    },
  }),
  // the row of the audit names no module: whoever reads the audit does not read what somebody learnt
  ownRoute({
    method: 'post',
    path: '/course/:module/finish',
    permission: 'account',
    summary: 'Mark a module as finished by you; the answers are played again to see that it is.',
    params: ModuleParamsSchema,
    body: AnswersSchema,
    output: DoneSchema,
    refusals: ['not_found', 'module_not_finished'],
    audit: 'course_module_finished',
    handle: async ({ params, body, actor, now, tools }) => {
      const played = tools.course.play(params.module, body.answers, actor.uiLanguage, now);
      if (played === null) return refused('not_found');
      if (!played.finished) return refused('module_not_finished');
      await tools.transact(async (client) => {
        if (!(await addFinished(client, actor.userId, params.module, vietnamDay(now)))) return;
        await appendAudit(client, {
          at: now,
          userId: actor.userId,
          action: 'course_module_finished',
          objectKind: 'user',
          objectId: actor.userId,
          detail: {},
        });
      });
      return done({ done: true });
    },
  }),
  readRoute({
    method: 'get',
    path: '/course/people',
    permission: 'supervise',
    summary: 'How many people finished each module. No names.',
    params: EmptySchema,
    body: EmptySchema,
    output: CoursePeopleSchema,
    handle: async ({ actor, db, tools }) => {
      const people = await countPeople(db);
      const modules = tools.course.modules(actor.uiLanguage, tools.clock.now());
      return done({ modules: modules.map(({ id }) => ({ id, people: people.get(id) ?? 0 })) });
    },
  }),
];
