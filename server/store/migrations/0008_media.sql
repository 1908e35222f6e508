-- What people send besides words: a row is written with its message, the file is fetched afterwards (server/media/fetcher.ts).
-- The file lies encrypted outside the database, under a random name that only this table knows.

create table media (
  id uuid primary key,
  -- no message, no file: erasing, and taking a message back, delete rows here; what that means for files is below
  message_id uuid not null references messages on delete cascade,
  conversation_id uuid not null references conversations on delete cascade,
  -- which of the message's attachments, from 0
  position smallint not null,
  channel text not null check (channel in ('web', 'telegram', 'messenger', 'zalo', 'line')),
  account text not null,
  kind text not null check (kind in ('image', 'video', 'audio', 'voice', 'file', 'sticker')),
  -- waiting: to be fetched. refused: we do not take it. failed: the platform did not give it. gone: it no longer has it.
  state text not null default 'waiting' check (state in ('waiting', 'stored', 'refused', 'failed', 'gone')),
  reason text,
  -- {ref, url}, encrypted: whoever has it can get the file, so it is emptied as soon as it is not needed
  source_enc bytea not null,
  -- the platform may have deleted it by then: what is most urgent is fetched first
  fetch_by timestamptz not null,
  not_before timestamptz not null,
  attempts int not null default 0,
  lease_owner uuid,
  lease_until timestamptz,
  -- where the file is, or is being written: known before the first byte, so that no file is ever without a row
  place text check (place in ('disk', 's3')),
  name text unique,
  shown_as text check (shown_as in ('picture', 'voice', 'video', 'file')),
  media_type text,
  size_bytes int,
  duration_ms int,
  -- a few hundred bytes of blurred picture, encrypted
  preview_enc bytea,
  created_at timestamptz not null,
  done_at timestamptz,
  unique (message_id, position),
  check ((state = 'stored') = (media_type is not null)),
  check (state <> 'stored' or (name is not null and place is not null and shown_as is not null))
);
create index media_waiting on media (fetch_by, id) where state = 'waiting';
create index media_of_conversation on media (conversation_id);

-- Names of files to delete. Filled by the transaction that deletes the rows, emptied when the files are gone: a crash in between
-- only delays it. The key of the conversation is gone at once, so what is left cannot be read meanwhile.
create table media_trash (
  name text primary key,
  place text not null,
  -- a file that is just being written may appear until its lease ends
  due_at timestamptz not null,
  attempts int not null default 0
);
create index media_trash_due on media_trash (due_at);

-- A trigger and not a statement beside each delete: rows also go by cascade, and a way of deleting that somebody adds later must
-- not leave files behind.
create function media_to_trash() returns trigger language plpgsql as $$
begin
  insert into media_trash (name, place, due_at)
    values (old.name, old.place, coalesce(old.lease_until, '-infinity')) on conflict do nothing;
  return null;
end $$;
create trigger media_deleted after delete on media for each row when (old.name is not null)
  execute function media_to_trash();
