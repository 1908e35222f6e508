-- What the bot did not understand, redacted, for editors; and what they propose to teach it. Only filled when the operator stated a
-- purpose (LEARNING_PURPOSE). Nothing here leads to a person: no conversation, no contact, no channel, no time finer than the day.

create table heard_phrases (
  -- random (version 4): an id that holds the time would tell when it was written
  id uuid primary key,
  -- keyed hash of the wording without marks and case: equal wordings meet here, and a dump cannot be searched for a sentence
  phrase_hash bytea not null unique,
  key_wrapped bytea not null,
  -- the redacted wording, sealed; null once an editor said it teaches nothing: only the hash stays, so that it does not come back
  text_enc bytea,
  times int not null default 1,
  -- one byte of a keyed hash of wording and conversation: enough to see that a second conversation wrote it and to erase what only
  -- one wrote, shared by one conversation in 256, and emptied as soon as the second is there
  writer_tag smallint check (writer_tag between 0 and 255),
  first_day date not null,
  last_day date not null
);
create index heard_phrases_age on heard_phrases (first_day);
create index heard_phrases_hidden on heard_phrases (id) where writer_tag is not null;

create table phrase_proposals (
  id uuid primary key,
  key_wrapped bytea not null,
  -- {text, language}: what an editor wrote or confirmed, sealed like everything that may go back to a person's words
  text_enc bytea not null,
  kind text not null check (kind in ('intent', 'route')),
  -- id of the intent, or of the flow
  target text not null,
  -- {n, broken, mended, danger}: what the trial said when it was saved
  trial jsonb not null,
  proposed_by uuid references users,
  created_at timestamptz not null,
  -- was written into a patch for the content
  exported_at timestamptz
);
create index phrase_proposals_open on phrase_proposals (created_at) where exported_at is null;
