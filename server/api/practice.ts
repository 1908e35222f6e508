/** Practice: scripted people on whom a new counsellor can do no harm. It touches no queue, no outbox and no statistics. */
import type { Scenario } from '../practice/content.ts';
import { playTalk, reviewTalk } from '../practice/talk.ts';
import { EmptySchema } from './contract.ts';
import {
  PracticeListSchema,
  PracticeReviewSchema,
  SaidSchema,
  ScenarioParamsSchema,
  TalkSchema,
} from './practice-contract.ts';
import { auditedRoute, done, readRoute, refused } from './route.ts';
import type { Route, Tools } from './route.ts';

const find = ({ practice }: Tools, id: string): Scenario | undefined =>
  practice.content.scenarios.find((one) => one.id === id);

export const practiceRoutes: readonly Route[] = [
  readRoute({
    method: 'get',
    path: '/practice',
    permission: 'desk',
    summary: 'The scripted people one can practise with, and the safe-practice list.',
    params: EmptySchema,
    body: EmptySchema,
    output: PracticeListSchema,
    handle: ({ actor, tools }) => {
      const language = actor.uiLanguage;
      const { scenarios, items } = tools.practice.content;
      return Promise.resolve(
        done({
          scenarios: scenarios.map(({ id, title, about, channel, risk, length }) => ({
            ...{ id, channel, risk, length, title: title[language], about: about[language] },
          })),
          items: items.map(({ id, name }) => ({ id, name: name[language] })),
        }),
      );
    },
  }),
  readRoute({
    method: 'post',
    path: '/practice/:id/talk',
    permission: 'desk',
    summary: 'What the scripted person answers to what was written so far. Nothing is stored.',
    params: ScenarioParamsSchema,
    body: SaidSchema,
    output: TalkSchema,
    refusals: ['not_found'],
    handle: ({ actor, params, body, tools }) => {
      const scenario = find(tools, params.id);
      if (scenario === undefined) return Promise.resolve(refused('not_found'));
      const { messages, isOver } = playTalk(tools.practice, scenario, body.said, actor.uiLanguage);
      return Promise.resolve(done({ messages: [...messages], isOver }));
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/practice/:id/review',
    permission: 'desk',
    summary:
      'What was good, missing or harmful in a practice conversation. Kept is only that this person practised it, not how well.',
    params: ScenarioParamsSchema,
    body: SaidSchema,
    output: PracticeReviewSchema,
    refusals: ['not_found'],
    audit: { action: 'practice_finished', object: 'practice' },
    handle: ({ actor, params, body, tools }) => {
      const scenario = find(tools, params.id);
      if (scenario === undefined) return Promise.resolve(refused('not_found'));
      const language = actor.uiLanguage;
      const nameOf = (item: string): string =>
        tools.practice.content.items.find(({ id }) => id === item)?.name[language] ?? item;
      const talk = playTalk(tools.practice, scenario, body.said, language);
      const findings = reviewTalk(scenario, body.said, talk).map(({ item, kind, message, why }) => ({
        ...{ item, kind, name: nameOf(item), why: why[language] },
        said: message === null ? null : (body.said[message] ?? null),
      }));
      const model = scenario.model.map((line) => tools.practice.fillNumbers(line[language]));
      return Promise.resolve(done({ findings, model }, { objectId: scenario.id }));
    },
  }),
];
