/** `npm run demo`: invented conversations and accounts, sent through the same inbox as real ones. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { type InboundEvent, WRITTEN_EVENT } from './channels/adapter.ts';
import { newTotpSecret, totpCode } from './api/totp.ts';
import type { Inbox, Transact, Vault } from './ports.ts';
import { adoptTotpDraft, saveTotpDraft } from './store/second-factors.ts';
import { hasUsers, insertUser, type Role } from './store/users.ts';

const MessageSchema = z.union([
  z.strictObject({ write: z.string().min(1) }),
  z.strictObject({ tap: z.string().min(1) }),
]);
const DemoSchema = z.strictObject({
  conversations: z.array(
    z.strictObject({
      id: z.string(),
      minutesAgo: z.number().nonnegative(),
      messages: z.array(MessageSchema).min(1),
    }),
  ),
});
type DemoConversation = z.infer<typeof DemoSchema>['conversations'][number];

const SECONDS_BETWEEN_MESSAGES = 30;

/** Only ever used on a data folder of its own (main.ts sees to it); printed at start. */
export const DEMO_PASSWORD = 'chi de xem thu 2026';
export const DEMO_ACCOUNTS: readonly { email: string; displayName: string; role: Role }[] = [
  { email: 'quan-tri@example.org', displayName: 'Quản trị (mẫu)', role: 'admin' },
  { email: 'truong-ca@example.org', displayName: 'Trưởng ca (mẫu)', role: 'supervisor' },
  { email: 'tu-van-1@example.org', displayName: 'Tư vấn viên 1 (mẫu)', role: 'counsellor' },
  { email: 'tu-van-2@example.org', displayName: 'Tư vấn viên 2 (mẫu)', role: 'counsellor' },
  { email: 'kiem-soat@example.org', displayName: 'Kiểm soát viên (mẫu)', role: 'auditor' },
];

export interface DemoDeps {
  root: string;
  inbox: Inbox;
  transact: Transact;
  vault: Vault;
  hashPassword: (password: string) => Promise<string>;
  newId: () => string;
  now: () => Date;
}

/** Each code works once, hence the next one beside it. */
export function describeDemoCode(email: string, secret: string, now: Date): string {
  const next = new Date(now.getTime() + 30_000);
  return `  code for ${email}: ${totpCode(secret, now)}, then ${totpCode(secret, next)}`;
}

/** Fills an empty system. Does nothing on one that has accounts: a demo never mixes with real work. */
export async function seedDemo(deps: DemoDeps): Promise<{ conversations: number } | 'not_empty'> {
  const isEmpty = await deps.transact(async (client) => !(await hasUsers(client)));
  if (!isEmpty) return 'not_empty';
  const passwordHash = await deps.hashPassword(DEMO_PASSWORD);
  await deps.transact(async (client) => {
    for (const account of DEMO_ACCOUNTS) {
      const id = deps.newId();
      const now = deps.now();
      await insertUser(client, { ...account, id, passwordHash, uiLanguage: 'vi', createdAt: now });
      // nobody has a telephone with this secret: the server itself says the codes
      await saveTotpDraft(client, deps.vault, { userId: id, secret: newTotpSecret(), now });
      await adoptTotpDraft(client, id, 0);
    }
  });
  const source = await readFile(join(deps.root, 'content', 'demo', 'conversations.yaml'), 'utf8');
  const { conversations } = DemoSchema.parse(parse(source));
  for (const conversation of conversations)
    await deps.inbox.accept('web', 'default', eventsOf(conversation, deps.now()));
  return { conversations: conversations.length };
}

function eventsOf(conversation: DemoConversation, now: Date): readonly InboundEvent[] {
  const began = now.getTime() - conversation.minutesAgo * 60_000;
  return conversation.messages.map((message, index) => {
    const at = new Date(began + index * SECONDS_BETWEEN_MESSAGES * 1000);
    return {
      ...WRITTEN_EVENT,
      kind: 'write' in message ? 'message' : 'postback',
      dedupeKey: `web:${conversation.id}:${String(index)}`,
      conversationId: conversation.id,
      senderId: conversation.id,
      sentAt: at,
      receivedAt: at,
      text: 'write' in message ? message.write : '',
      payload: 'tap' in message ? message.tap : null,
    };
  });
}
