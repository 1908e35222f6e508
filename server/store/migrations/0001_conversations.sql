-- The life of a message: who wrote where (contacts), what was received (inbox), what is said (messages), what waits to be
-- sent (outbox), where the bot stands (sessions), who is in front (handovers). Text and platform ids are encrypted by the
-- application (…_enc, key per conversation in conversations.key_wrapped); what must be searched is a keyed hash (…_hash).

create table contacts (
  id uuid primary key,
  channel text not null check (channel in ('web', 'telegram', 'messenger', 'zalo', 'line')),
  account text not null,
  -- HMAC of the platform's conversation id, so that a dump does not name people
  platform_hash bytea not null,
  -- null once the person blocked us is still kept: only `blocked` stops sending
  platform_id_enc bytea not null,
  blocked boolean not null default false,
  created_at timestamptz not null,
  unique (channel, account, platform_hash)
);

create table conversations (
  id uuid primary key,
  contact_id uuid not null unique references contacts on delete cascade,
  channel text not null,
  account text not null,
  -- the conversation's own key, wrapped by the key-encryption key named in it; destroying it is erasure
  key_wrapped bytea not null,
  -- bot: the script answers. counsellor: a person answers, the bot is mute (checked again by the sender).
  owner text not null default 'bot' check (owner in ('bot', 'counsellor')),
  owner_user_id uuid,
  language text not null default 'vi',
  risk text not null default 'none' check (risk in ('none', 'concern', 'high', 'imminent')),
  quiet boolean not null default false,
  -- a turn that could not be written waits until then; other conversations go on
  inbox_not_before timestamptz,
  inbox_attempts int not null default 0,
  last_inbound_at timestamptz,
  last_outbound_at timestamptz,
  -- next number of a message in this conversation; taken under the row lock, so order is commit order
  next_seq bigint not null default 1,
  -- id shown to staff: short, random, names nobody
  code text not null unique,
  campaign_ref text,
  -- the person asked for everything to be deleted: texts are gone, the rest goes once the goodbye was sent
  erase_requested_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index conversations_erasing on conversations (erase_requested_at) where erase_requested_at is not null;
create index conversations_owner on conversations (owner_user_id) where owner = 'counsellor';

-- Not an identity column: rows of one commit are inserted in the order of their keys (so that instances never deadlock), but
-- are numbered in the order they arrived.
create sequence inbox_ids;
create table inbox (
  id bigint primary key,
  dedupe_key text not null unique,
  conversation_id uuid not null references conversations on delete cascade,
  received_at timestamptz not null,
  -- emptied when processed: from then on the transcript has it, and only the key is kept against second deliveries
  event_enc bytea not null,
  processed_at timestamptz
);
-- What a worker looks for. There is no flag on the conversation: taking a message must not wait for a turn of that conversation.
create index inbox_unprocessed on inbox (conversation_id, id) where processed_at is null;
create index inbox_done on inbox (processed_at) where processed_at is not null;

create table sessions (
  conversation_id uuid primary key references conversations on delete cascade,
  -- listing who stands where needs no decryption
  flow text not null,
  node text not null,
  version int not null,
  session_enc bytea not null,
  updated_at timestamptz not null
);

create table messages (
  id uuid primary key,
  conversation_id uuid not null references conversations on delete cascade,
  seq bigint not null,
  author text not null check (author in ('person', 'bot', 'counsellor', 'system')),
  user_id uuid,
  -- {text, choices, key?, attachments?, payload?} as JSON, encrypted
  body_enc bytea not null,
  created_at timestamptz not null,
  -- inbound: received. outbound: the truth of delivery
  delivery text not null check (delivery in ('received', 'queued', 'sent', 'failed', 'suppressed')),
  failure_class text,
  failure_code text,
  platform_ids text[] not null default '{}',
  unique (conversation_id, seq)
);
create index messages_created on messages (created_at);

create table outbox (
  id bigint generated always as identity primary key,
  message_id uuid not null unique references messages on delete cascade,
  conversation_id uuid not null references conversations on delete cascade,
  seq bigint not null,
  author text not null check (author in ('bot', 'counsellor')),
  channel text not null,
  account text not null,
  reply_handle text,
  state text not null default 'queued' check (state in ('queued', 'sent', 'failed', 'suppressed')),
  lease_owner uuid,
  lease_until timestamptz,
  attempts int not null default 0,
  sent_parts int not null default 0,
  not_before timestamptz not null,
  created_at timestamptz not null,
  done_at timestamptz
);
create index outbox_due on outbox (conversation_id, seq) where state = 'queued';
create index outbox_sweep on outbox (not_before) where state = 'queued';

create table handovers (
  id uuid primary key,
  conversation_id uuid not null references conversations on delete cascade,
  state text not null default 'waiting' check (state in ('waiting', 'taken', 'returned', 'closed')),
  risk text not null check (risk in ('none', 'concern', 'high', 'imminent')),
  -- risk as a number so that one index gives the queue: imminent 3 … none 0
  risk_rank int generated always as (case risk when 'imminent' then 3 when 'high' then 2 when 'concern' then 1 else 0 end) stored,
  cause text not null check (cause in ('danger', 'person_asked', 'not_understood', 'flow', 'turn_failed')),
  -- [{rule, level, category, reasonKey, messageSeq, start, end}] encrypted: spans point into what the person wrote
  reasons_enc bytea not null,
  waiting_since timestamptz not null,
  taken_by uuid,
  taken_at timestamptz,
  ended_at timestamptz,
  outcome text,
  created_at timestamptz not null
);
-- at most one open handover per conversation: taking is atomic on this row
create unique index handovers_open on handovers (conversation_id) where state in ('waiting', 'taken');
create index handovers_queue on handovers (risk_rank desc, waiting_since) where state = 'waiting';

-- What the bot decided, for figures without texts. Read with sum(count): `shard` is chosen at random by the writer, because
-- two workers adding to one row would wait for each other's commit.
create table statistics (
  day date not null,
  shard smallint not null,
  channel text not null,
  metric text not null,
  label text not null default '',
  count bigint not null default 0,
  primary key (day, channel, metric, label, shard)
);

-- live updates for consoles and the web chat: ids only. Cursor is (xid, seq): sequence order alone is not commit order.
create table live_events (
  seq bigint generated always as identity,
  xid xid8 not null default pg_current_xact_id(),
  kind text not null,
  conversation_id uuid,
  user_id uuid,
  created_at timestamptz not null default now(),
  primary key (xid, seq)
);
create index live_events_age on live_events (created_at);

-- people writing from the web page: the token is only in their browser's memory; here is its hash
create table web_chats (
  token_hash bytea primary key,
  conversation_id uuid not null references conversations on delete cascade,
  -- random id that stands for the "platform id" of this contact
  platform_id_hash bytea not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  ended_at timestamptz
);
create index web_chats_seen on web_chats (last_seen_at) where ended_at is null;
