/** Steers the platforms from another process: what a person was shown, faults, scripts, latency; JSON under `/control/`. */
import { z } from 'zod';
import { FACES, type PlatformAnswer } from './answers.ts';
import type { Platforms } from './platforms.ts';

const FaceSchema = z.enum(FACES);
const SimpleKinds = ['hang', 'stall', 'cut', 'reset', 'accept_and_reset', 'accept_and_hang'] as const;
/** A scripted answer as JSON; see `PlatformAnswer`. */
export const AnswerSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('answer'),
    status: z.int(),
    body: z.unknown(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  z.strictObject({ kind: z.literal('huge'), bytes: z.int().min(2) }),
  z.strictObject({ kind: z.enum(SimpleKinds) }),
]);

export const SentSchema = z.object({
  serial: z.number(),
  face: FaceSchema,
  person: z.string(),
  text: z.string(),
  choices: z.array(z.object({ label: z.string(), payload: z.string() })),
  at: z.coerce.date(),
  requestId: z.string(),
  messageId: z.string(),
  how: z.string(),
});

/** What may be asked with POST. `since`, `person`, `face` narrow what GET /control/sent lists. */
export const COMMANDS = {
  /** the next calls of a face are answered so; with `always`, every call until told null */
  script: z.strictObject({
    face: FaceSchema,
    /** of Zalo's two scripts which; messages unless told */
    script: z.enum(['messages', 'signIn']).default('messages'),
    answers: z.array(AnswerSchema).default([]),
    always: AnswerSchema.nullable().optional(),
  }),
  latency: z.strictObject({ face: FaceSchema, ms: z.number().min(0) }),
  /** null = no limit; the time is that of the platform: a minute at Zalo, else a second */
  rate: z.strictObject({ face: FaceSchema, calls: z.number().min(0).nullable() }),
  /** messages to one chat of Telegram in a second */
  chatRate: z.strictObject({ messages: z.number().min(0).nullable() }),
  hear: z.strictObject({ face: FaceSchema, body: z.unknown() }),
  touch: z.strictObject({ face: FaceSchema, person: z.string(), at: z.coerce.date() }),
  block: z.strictObject({ face: FaceSchema, person: z.string() }),
  /** forgets what people were shown, so that a long load does not fill the memory */
  forget: z.strictObject({}),
} as const;
export type CommandName = keyof typeof COMMANDS;
export type Command<Name extends CommandName> = z.input<(typeof COMMANDS)[Name]>;

interface ControlAnswer {
  status: number;
  body: unknown;
}

/** Two steps, because the server needs it before the platforms are whole. */
export function createControl() {
  let attached: Platforms | null = null;
  return {
    attach: (platforms: Platforms): void => {
      attached = platforms;
    },
    answer: (method: string, url: URL, json: unknown): ControlAnswer => {
      if (attached === null) return { status: 503, body: { error: 'still starting' } };
      const name = url.pathname.slice('/control/'.length);
      return method === 'GET' ? tell(attached, name, url.searchParams) : obey(attached, name, json);
    },
  };
}

function tell(platforms: Platforms, name: string, query: URLSearchParams): ControlAnswer {
  const ok = (body: unknown): ControlAnswer => ({ status: 200, body });
  switch (name) {
    case 'env':
      return ok(platforms.env());
    case 'faults':
      return ok(platforms.faults());
    case 'sent': {
      const since = Number(query.get('since') ?? 0);
      const [face, person] = [query.get('face'), query.get('person')];
      return ok(
        platforms.sent.filter(
          (message) =>
            message.serial > since &&
            (face === null || message.face === face) &&
            (person === null || message.person === person),
        ),
      );
    }
    case 'count':
      return ok({ sent: platforms.sent.length, faults: platforms.faults().length });
    default:
      return { status: 404, body: { error: `GET /control/${name} is not known` } };
  }
}

function obey(platforms: Platforms, name: string, json: unknown): ControlAnswer {
  const done: ControlAnswer = { status: 200, body: {} };
  try {
    switch (name) {
      case 'script': {
        const { face, script, answers, always } = COMMANDS.script.parse(json);
        const target = face === 'zalo' ? platforms.zalo[script] : platforms[face];
        target.answerNext(...answers.map(toAnswer));
        if (always !== undefined) target.answerWhen(() => (always === null ? null : toAnswer(always)));
        return done;
      }
      case 'latency': {
        const { face, ms } = COMMANDS.latency.parse(json);
        platforms.setLatency(face, ms);
        return done;
      }
      case 'rate': {
        const { face, calls } = COMMANDS.rate.parse(json);
        platforms[face].rate.setLimit(calls ?? Number.POSITIVE_INFINITY);
        return done;
      }
      case 'chatRate':
        platforms.telegram.setChatRate(COMMANDS.chatRate.parse(json).messages ?? Number.POSITIVE_INFINITY);
        return done;
      case 'hear': {
        const { face, body } = COMMANDS.hear.parse(json);
        platforms.hear(face, body);
        return done;
      }
      case 'touch': {
        const { face, person, at } = COMMANDS.touch.parse(json);
        platforms[face].people.touch(person, at);
        return done;
      }
      case 'block': {
        const { face, person } = COMMANDS.block.parse(json);
        platforms[face].people.block(person);
        return done;
      }
      case 'forget':
        for (const list of [platforms.sent, ...FACES.map((face) => platforms[face].sent)]) list.length = 0;
        return done;
      default:
        return { status: 404, body: { error: `POST /control/${name} is not known` } };
    }
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    return { status: 400, body: { error: z.prettifyError(error) } };
  }
}

function toAnswer(answer: z.infer<typeof AnswerSchema>): PlatformAnswer {
  return answer;
}
