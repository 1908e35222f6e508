-- The desk's queue: who is really there, who hands whom over to whom, a risk that a person judged otherwise, and what somebody
-- who waits was told. (Numbers in between belong to other pieces of work.)

-- A sign of life of the browser: its live stream, or anything it asked for. It does not move the idle clock (last_seen_at), which
-- only a person's own doing moves; without it for two minutes what this counsellor had goes back to the queue.
alter table user_sessions add column present_at timestamptz;

-- One row per colleague who ever chose something at the desk.
create table desk_settings (
  user_id uuid primary key references users on delete cascade,
  -- on a break nobody new is offered; what is theirs stays theirs
  on_break_since timestamptz,
  -- languages this colleague answers in, BCP 47
  languages text[] not null default '{}',
  -- [{name, filter}] of the queue: codes of risks, channels and languages, never anything about a person
  views jsonb not null default '[]',
  updated_at timestamptz not null
);

alter table handovers
  -- what a person said the risk is; it counts until the scan finds a higher one (then `risk` is another)
  add column risk_set text check (risk_set in ('none', 'concern', 'high', 'imminent')),
  -- number of the newest message then: what the scan finds again in older ones is no news
  add column risk_set_seq bigint,
  -- how often the person was told that nobody has come yet
  add column reminders int not null default 0;

create table risk_overrides (
  id uuid primary key,
  conversation_id uuid not null references conversations on delete cascade,
  handover_id uuid not null references handovers on delete cascade,
  user_id uuid not null references users,
  risk_before text not null check (risk_before in ('none', 'concern', 'high', 'imminent')),
  risk_after text not null check (risk_after in ('none', 'concern', 'high', 'imminent')),
  -- why, encrypted with the conversation's key
  reason_enc bytea not null,
  created_at timestamptz not null
);
create index risk_overrides_of on risk_overrides (conversation_id, created_at);

-- An offer to take over. Until somebody accepts, the one who offers stays responsible.
create table transfers (
  id uuid primary key,
  conversation_id uuid not null references conversations on delete cascade,
  handover_id uuid not null references handovers on delete cascade,
  from_user uuid not null references users,
  to_kind text not null check (to_kind in ('person', 'language', 'supervisors')),
  to_user uuid references users,
  to_language text,
  -- what the next one should know, and why it was refused; encrypted with the conversation's key
  note_enc bytea not null,
  answer_enc bytea,
  -- returned: whoever was asked has left, or the one who asked; withdrawn: by the one who asked
  state text not null default 'offered' check (state in ('offered', 'accepted', 'refused', 'withdrawn', 'returned')),
  answered_by uuid references users,
  offered_at timestamptz not null,
  ended_at timestamptz,
  check ((to_kind = 'person') = (to_user is not null)),
  check ((to_kind = 'language') = (to_language is not null))
);
-- at most one open offer per conversation: accepting is atomic on this row
create unique index transfers_open on transfers (conversation_id) where state = 'offered';
create index transfers_of on transfers (conversation_id, offered_at);

-- the lists of the desk; the one of who waits has its own already
create index handovers_taken on handovers (taken_by) where state = 'taken';
