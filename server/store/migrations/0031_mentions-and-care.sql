-- Colleagues who are named in a private note, and looking after those who answer: who was near what, who has had a talk about it,
-- how long somebody has worked without a pause, and that somebody who abuses the line was warned first.

-- The note's words stay sealed in its own row; here is only who is named in it, so that a name that changes still finds them.
create table mentions (
  note_id uuid not null references notes on delete cascade,
  user_id uuid not null references users on delete cascade,
  created_at timestamptz not null,
  seen_at timestamptz,
  primary key (note_id, user_id)
);
create index mentions_of on mentions (user_id, created_at desc);

-- Who had which conversation, also when it was handed on: handovers.taken_by keeps the last one only. Goes with the conversation.
create table exposures (
  handover_id uuid not null references handovers on delete cascade,
  user_id uuid not null references users on delete cascade,
  since timestamptz not null,
  -- the counsellor would like to talk about it
  asked_at timestamptz,
  -- that a talk took place, never what was said in it
  talked_at timestamptz,
  talked_by uuid references users,
  primary key (handover_id, user_id),
  check ((talked_at is null) = (talked_by is null)),
  -- nobody looks after themselves, whatever the program does
  check (talked_by is distinct from user_id)
);
create index exposures_of on exposures (user_id, since);
insert into exposures (handover_id, user_id, since)
  select id, taken_by, taken_at from handovers where taken_by is not null and taken_at is not null;

alter table desk_settings
  -- when the last break ended: from then on somebody has worked without a pause
  add column break_ended_at timestamptz,
  -- a short tone when somebody in imminent danger begins to wait; nobody hears it who did not ask for it
  add column sound boolean not null default false;

-- when the person was told that the conversation ends if it goes on like this; without it nothing can be closed as abusive
alter table handovers add column warned_at timestamptz;
