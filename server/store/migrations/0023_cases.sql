-- How somebody may be reached safely, and cases: what is kept about a person with their consent, and what was done for them.
-- (Numbers in between belong to work that is merged beside this one.)

-- What the sender must know without a second look: null = no plan. neutral: the bot says only what betrays nothing.
alter table conversations add column plan_wording text check (plan_wording in ('plain', 'neutral'));

create table safe_contact_plans (
  conversation_id uuid primary key references conversations on delete cascade,
  -- server/safe-contact.ts as JSON, with the conversation's key
  plan_enc bytea not null,
  updated_by uuid not null references users,
  updated_at timestamptz not null,
  -- a counsellor may write outside the plan until then; why stands in safe_contact_changes
  override_until timestamptz
);
create table safe_contact_changes (
  id uuid primary key,
  conversation_id uuid not null references conversations on delete cascade,
  kind text not null check (kind in ('saved', 'removed', 'overridden')),
  user_id uuid not null references users,
  at timestamptz not null,
  -- encrypted with the conversation's key; null: nothing had to be said
  reason_enc bytea
);
create index safe_contact_changes_of on safe_contact_changes (conversation_id, at desc);

create table cases (
  id uuid primary key,
  -- `V-K7QM-2PRX`: random, names nobody
  code text not null unique,
  -- the case's own key: it outlives a conversation, and destroying it is erasure
  key_wrapped bytea not null,
  state text not null default 'open' check (state in ('open', 'closed')),
  -- consent, or one of the two exceptions, which need a supervisor's name
  basis text not null check (basis in ('consent', 'danger_to_life', 'child')),
  supervisor_id uuid references users,
  check ((basis = 'consent') = (supervisor_id is null)),
  -- how far the person wants to be known; an exception says nothing about it
  consent_level text check (consent_level in ('anonymous', 'confidential', 'named')),
  check (basis <> 'consent' or consent_level is not null),
  -- {textVersion, language, channel, purposes, saidAt} encrypted: proof of what was agreed to
  consent_enc bytea,
  consent_withdrawn_at timestamptz,
  -- codes about what happened (api/case-contract.ts), encrypted: together they may point at somebody
  fields_enc bytea not null,
  -- name, telephone and the like; null = nothing is kept. Shown after a reason only.
  identity_enc bytea,
  owner_id uuid not null references users,
  opened_by uuid not null references users,
  opened_at timestamptz not null,
  closed_at timestamptz,
  outcome text,
  check ((state = 'closed') = (closed_at is not null)),
  -- counts up with each change: who saves on top of something newer is told
  revision int not null default 1,
  -- the person asked for erasure, and an exception keeps the case until a supervisor has looked
  erasure_asked_at timestamptz,
  updated_at timestamptz not null
);
create index cases_owner on cases (owner_id) where state = 'open';
create index cases_closed on cases (closed_at) where state = 'closed';

-- One case for each contact: opening twice finds the first.
create table case_contacts (
  conversation_id uuid primary key references conversations on delete cascade,
  case_id uuid not null references cases on delete cascade,
  added_at timestamptz not null
);
create index case_contacts_case on case_contacts (case_id);

create table case_referrals (
  id uuid primary key,
  case_id uuid not null references cases on delete cascade,
  -- of content/registers/services.yaml and provinces.yaml
  service text not null,
  province text,
  -- what the person lets us tell there
  sharing text not null check (sharing in ('nothing', 'anonymous', 'named')),
  basis text not null check (basis in ('consent', 'danger')),
  supervisor_id uuid references users,
  check ((basis = 'danger') = (supervisor_id is not null)),
  state text not null default 'planned'
    check (state in ('planned', 'told', 'accepted', 'refused', 'arrived', 'not_arrived')),
  -- what is to be said there, why without consent; encrypted with the case's key
  note_enc bytea,
  created_by uuid not null references users,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index case_referrals_case on case_referrals (case_id);

create table case_tasks (
  id uuid primary key,
  case_id uuid not null references cases on delete cascade,
  -- own: typed. arrived: did they arrive? step: of the way after coming back. erasure: a supervisor decides
  kind text not null check (kind in ('own', 'arrived', 'step', 'erasure')),
  step text,
  check ((kind = 'step') = (step is not null)),
  referral_id uuid references case_referrals on delete cascade,
  -- day in Vietnam; null = as soon as possible, no date is known
  due_on date,
  -- of `own`, encrypted with the case's key
  title_enc bytea,
  created_at timestamptz not null,
  done_at timestamptz,
  done_by uuid references users
);
create unique index case_tasks_step on case_tasks (case_id, step) where kind = 'step';
create index case_tasks_due on case_tasks (case_id, due_on) where done_at is null;

create table case_entries (
  id uuid primary key,
  case_id uuid not null references cases on delete cascade,
  at timestamptz not null,
  -- null: the system
  user_id uuid references users,
  kind text not null,
  -- codes only
  detail jsonb not null default '{}',
  -- a note or a reason, encrypted with the case's key
  text_enc bytea
);
create index case_entries_case on case_entries (case_id, at, id);

-- What is sealed looks random: no use in trying to compress it.
alter table cases alter column fields_enc set storage external;
alter table cases alter column identity_enc set storage external;
alter table case_entries alter column text_enc set storage external;
