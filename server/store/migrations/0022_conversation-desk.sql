-- What counsellors write beside their replies: notes for each other and texts that are not sent yet, both encrypted like
-- messages; who has a conversation open at this moment; and who has seen the tour of the desk.

-- A table of its own, not an author of `messages`: what is no message can never reach the outbox, the web page or the bot.
create table notes (
  -- chosen by the browser, so that saving twice saves once
  id uuid primary key,
  conversation_id uuid not null references conversations on delete cascade,
  user_id uuid not null references users,
  -- the newest message when it was written: the note stands behind it
  after_seq bigint not null,
  body_enc bytea not null,
  created_at timestamptz not null
);
create index notes_conversation on notes (conversation_id, created_at);
alter table notes alter column body_enc set storage external;

-- One text of one counsellor in one conversation. Gone when it is sent, when the conversation is closed or erased.
create table drafts (
  conversation_id uuid not null references conversations on delete cascade,
  user_id uuid not null references users on delete cascade,
  kind text not null check (kind in ('reply', 'note')),
  -- {text, unsent, seenSeq}
  body_enc bytea not null,
  updated_at timestamptz not null,
  primary key (user_id, conversation_id, kind)
);
create index drafts_conversation on drafts (conversation_id);
alter table drafts alter column body_enc set storage external;

-- True for seconds: nothing is lost when a crash empties it.
create unlogged table presence (
  conversation_id uuid not null references conversations on delete cascade,
  user_id uuid not null references users on delete cascade,
  reading_until timestamptz not null,
  typing_until timestamptz,
  primary key (conversation_id, user_id)
);

alter table users add column tour_done_at timestamptz;
