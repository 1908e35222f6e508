-- What four channels need from the server: hands at the platform, the truth of delivery, quotas and health.
-- (Numbers are never given twice; 0007 and later belong to other pieces of work.)

-- Somebody may answer at the platform's own inbox. The bot is mute then, as with a counsellor, and the sender checks it again.
alter table conversations drop constraint conversations_owner_check;
alter table conversations add constraint conversations_owner_check check (owner in ('bot', 'counsellor', 'platform'));
-- when a hand at the platform was last seen; after a quiet time the bot answers again
alter table conversations add column platform_at timestamptz;
create index conversations_platform on conversations (platform_at) where owner = 'platform';

-- While nobody waits at the desk, such a conversation is kept in sight by a handover of its own: taken, by nobody of ours.
alter table handovers drop constraint handovers_cause_check;
alter table handovers add constraint handovers_cause_check
  check (cause in ('danger', 'person_asked', 'not_understood', 'flow', 'turn_failed', 'platform'));

-- What was written there is part of the transcript, under its own name: we cannot know who wrote it.
alter table messages drop constraint messages_author_check;
alter table messages add constraint messages_author_check
  check (author in ('person', 'bot', 'counsellor', 'system', 'platform'));

-- Receipts go further than "the platform took it".
alter table messages drop constraint messages_delivery_check;
alter table messages add constraint messages_delivery_check
  check (delivery in ('received', 'queued', 'sent', 'delivered', 'read', 'failed', 'suppressed'));
-- when the platform had taken it: a receipt up to a moment counts for what was sent before that moment
alter table messages add column sent_at timestamptz;

-- An echo may come before the send call that caused it returns; it is looked at again then, and nothing else waits for it.
alter table inbox add column not_before timestamptz;

-- Nobody asked for it just now (a wait that is over): it does not ring at night. An answer does, however late it comes.
alter table outbox add column unasked boolean not null default false;

-- What an account sent that counts against its quota. The platform's own figure may lag and cannot see what is under way.
create table channel_usage (
  channel text not null check (channel in ('web', 'telegram', 'messenger', 'zalo', 'line')),
  account text not null,
  -- first day, in the platform's calendar
  month date not null,
  sent int not null default 0,
  primary key (channel, account, month)
);

-- Counts in steps of ten minutes, without anything about a person: from them comes how long an account is normally silent.
create table channel_activity (
  channel text not null check (channel in ('web', 'telegram', 'messenger', 'zalo', 'line')),
  account text not null,
  at timestamptz not null,
  hooks int not null default 0,
  sent int not null default 0,
  failed int not null default 0,
  primary key (channel, account, at)
);
create index channel_activity_age on channel_activity (at);

-- One row per account, written by whichever instance looked last, read by every one.
create table channel_health (
  channel text not null check (channel in ('web', 'telegram', 'messenger', 'zalo', 'line')),
  account text not null,
  first_seen_at timestamptz not null,
  last_hook_at timestamptz,
  -- when an instance began to look; keeps the others from asking the platform as well
  checked_at timestamptz,
  ok boolean,
  -- stable code of the adapter, e.g. token_refused
  code text,
  token_at timestamptz,
  quota_limit int,
  quota_used int,
  -- our own count at that moment: what was sent since comes on top of the platform's figure
  quota_ours int,
  -- null: nothing to worry about
  alarm text,
  alarm_at timestamptz,
  primary key (channel, account)
);
