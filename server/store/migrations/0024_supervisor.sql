-- What a supervisor works with. First the duty calendar: it says when somebody is planned to be there, so that the bot can say
-- from when on, and does not call somebody on duty who only left a page open at night.

-- The weekly pattern. Times are Vietnam's, which is UTC+7 the whole year; a shift that passes midnight is simply longer.
create table shifts (
  id uuid primary key,
  user_id uuid not null references users on delete cascade,
  -- ISO: Monday is 1
  weekday smallint not null check (weekday between 1 and 7),
  starts_min smallint not null check (starts_min between 0 and 1439),
  length_min smallint not null check (length_min between 15 and 1440),
  -- what is spoken then; empty = not said
  languages text[] not null default '{}',
  first_day date not null,
  last_day date check (last_day >= first_day),
  created_at timestamptz not null
);
create index shifts_user on shifts (user_id);

-- Dated exceptions. off: this person's weekly shifts of that day do not take place (nobody named: nobody's do). extra: one more.
create table shift_changes (
  id uuid primary key,
  user_id uuid references users on delete cascade,
  day date not null,
  kind text not null check (kind in ('off', 'extra')),
  starts_min smallint check (starts_min between 0 and 1439),
  length_min smallint check (length_min between 15 and 1440),
  languages text[] not null default '{}',
  created_at timestamptz not null,
  check ((kind = 'extra') = (starts_min is not null and length_min is not null)),
  check (kind = 'off' or user_id is not null)
);
create index shift_changes_day on shift_changes (day);

-- Review of the work, not of the worker: a random sample of closed conversations, looked at by the safe-practice list. Goes with
-- its conversation, so an erased person leaves no review behind.
create table quality_reviews (
  id uuid primary key,
  conversation_id uuid not null references conversations on delete cascade,
  handover_id uuid not null unique references handovers on delete cascade,
  -- whose work it is
  counsellor_id uuid not null references users,
  -- Monday of the week in which the handover was closed, in Vietnam
  week date not null,
  drawn_at timestamptz not null,
  -- {answers, note}, encrypted with the conversation's key; null: not looked at yet
  review_enc bytea,
  reviewer_id uuid references users,
  reviewed_at timestamptz,
  -- the counsellor read it
  seen_at timestamptz,
  check ((review_enc is null) = (reviewed_at is null) and (review_enc is null) = (reviewer_id is null)),
  -- nobody reviews their own work, whatever the program does
  check (reviewer_id is distinct from counsellor_id)
);
create index quality_reviews_week on quality_reviews (week desc, counsellor_id);
