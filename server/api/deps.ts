/** What the staff API needs from the rest of the server; main.ts hands it over. */
import type { Pool, PoolClient } from 'pg';
import type {
  ChannelView,
  Clock,
  Db,
  LiveHub,
  LiveKind,
  MessageView,
  Sending,
  Transact,
  Vault,
} from '../ports.ts';
import type { CaseRegisters } from '../case-registers.ts';
import type { Checks } from '../content/checks.ts';
import type { Previews } from '../content/previews.ts';
import type { LiveContent } from '../content/live-content.ts';
import type { Practice } from '../practice/load.ts';
import type { Course } from '../course/course.ts';
import type { DeskRules } from '../desk-rules.ts';
import type { Teacher } from '../learning/teacher.ts';
import type { Trials } from '../learning/trials.ts';
import type { DeskOrder } from '../store/queue.ts';
import type { StoredMedia } from '../store/media.ts';
import type { CannedAnswer } from './talk-contract.ts';

export interface LiveChangeToTell {
  kind: LiveKind;
  conversationId: string | null;
  userId: string | null;
}

export interface ApiDeps {
  pool: Pool;
  transact: Transact;
  vault: Vault;
  clock: Clock;
  /** a UUID */
  newId: () => string;
  liveHub: LiveHub;
  /** where browsers reach us; https makes the cookie `__Host-` and Secure */
  publicUrl: string;
  /** counsellor-facing text of a danger reason, from the content */
  reasonText: (reasonKey: string, language: string) => string;
  /** ISO 639 codes of the languages a person surely wrote, other than the one of the conversation; texts oldest first */
  languagesWritten: (texts: readonly string[], inLanguage: string) => readonly string[];
  /** stores and queues what a counsellor writes; the same `clientMessageId` twice gives the first message again */
  queueCounsellorMessage: (
    client: PoolClient,
    message: { conversationId: string; userId: string; text: string; clientMessageId: string },
  ) => Promise<{ messageId: string; seq: number }>;
  /** longest text that goes out as one message there, in UTF-16 units */
  maxPartUtf16: (channel: string) => number;
  /** answers to begin with, for a person who writes `language`; titles in the language of the counsellor */
  cannedAnswers: (wanted: {
    language: string;
    uiLanguage: 'vi' | 'en';
    counsellor: string;
  }) => readonly CannedAnswer[];
  /** messages with `seq > afterSeq`, oldest first */
  listMessages: (
    db: Db,
    vault: Vault,
    conversationId: string,
    afterSeq: number,
    limit: number,
  ) => Promise<readonly MessageView[]>;
  /** the file itself, opened; @throws AppError `media_store_failed`, `sealed_value_unreadable` */
  readMedia: (media: StoredMedia) => Promise<Buffer>;
  /** may a counsellor write (this text) there now? null: no such conversation */
  sendingTo: (db: Db, conversationId: string, text?: string) => Promise<Sending | null>;
  /** what brings somebody forward in the queue */
  deskOrder: Omit<DeskOrder, 'now'>;
  /** how soon people are to be answered, and where the bot may go on */
  deskRules: DeskRules;
  /** one sentence of ours to the person while a counsellor has the conversation; false: nothing could or should be said */
  tellPerson: (
    client: PoolClient,
    what: { conversationId: string; userId: string; messageKey: string },
  ) => Promise<boolean>;
  /** the bot goes on at the start of a flow once this transaction is committed */
  enterFlow: (
    client: PoolClient,
    conversationId: string,
    entry: { flow: string; node: string | null },
  ) => Promise<void>;
  /** what the bot may be taught, and what speaks against it */
  teacher: Teacher;
  /** tries a phrase on all labelled rows; seconds. @throws AppError `too_many_requests`, `trial_failed` */
  runTrial: Trials['run'];
  /** the course for the staff, played by the engine */
  course: Course;
  /** drafts are checked here; which release people get */
  studio: { checks: Checks; previews: Previews; live: Pick<LiveContent, 'state' | 'loads'> };
  /** what wordings are kept for; null: they are not */
  learningPurpose: string | null;
  /** services, places and the steps after coming back */
  caseRegisters: CaseRegisters;
  /** scripted people and the safe-practice list */
  practice: Practice;
  /** every account, with what is wrong there */
  listChannels: (db: Db) => Promise<readonly ChannelView[]>;
  /** writes the live events in this transaction and wakes the listeners with one notify */
  announce: (client: PoolClient, changes: readonly LiveChangeToTell[]) => Promise<void>;
  /**
   * Only in the demo, whose accounts belong to nobody: somebody without a telephone is about to be asked for a code, and finds
   * it in the terminal. Left out everywhere else.
   */
  showCode?: (email: string, secret: string) => void;
  /** told about our own mistakes: code and route pattern, no content */
  onError: (route: string, error: unknown) => void;
}
