-- Second factors of staff, finer roles, decisions that need a second person, and an audit trail whose chain is made after the
-- commit, so that nobody waits for a lock that everybody shares.

alter table users drop constraint users_role_check;
alter table users add constraint users_role_check
  check (role in ('counsellor', 'supervisor', 'editor', 'reviewer', 'officer', 'auditor', 'admin'));
alter table setup_tokens add constraint setup_tokens_role_check
  check (role in ('counsellor', 'supervisor', 'editor', 'reviewer', 'officer', 'auditor', 'admin'));

-- The authenticator app: one per account. A new one is tried beside the old one until its first code was right; a draft opens
-- nothing.
create table totp_drafts (
  user_id uuid primary key references users on delete cascade,
  key_wrapped bytea not null,
  -- {secret} as JSON, encrypted
  secret_enc bytea not null,
  created_at timestamptz not null
);
create table totp_factors (
  user_id uuid primary key references users on delete cascade,
  key_wrapped bytea not null,
  secret_enc bytea not null,
  created_at timestamptz not null,
  -- time step (30 s) of the newest code that was accepted: this one and all before it are used up
  last_step bigint not null
);

create table passkeys (
  -- as the browser writes it, base64url
  id text primary key,
  user_id uuid not null references users on delete cascade,
  name text not null,
  public_key bytea not null,
  -- of the authenticator; 0 = it does not count
  counter bigint not null,
  transports text[] not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index passkeys_user on passkeys (user_id);

create table recovery_codes (
  user_id uuid not null references users on delete cascade,
  -- keyed hash: a dump opens no account
  code_hash bytea not null,
  created_at timestamptz not null,
  used_at timestamptz,
  primary key (user_id, code_hash)
);

-- when the second factor was last shown in this session; what must be fresh looks here
alter table user_sessions add column factor_at timestamptz;
-- what a passkey has to sign now; used once
alter table user_sessions add column challenge text;
alter table user_sessions add column challenge_until timestamptz;

-- A wish of one person that another has to agree to; alone: nobody could have agreed, and the reason is kept. What may be wished for is in server/api/approvals.ts.
create table approvals (
  id uuid primary key,
  kind text not null,
  -- whom or what it is about
  subject_id uuid not null,
  -- codes only: what is carried out
  detail jsonb not null default '{}',
  -- for the colleague who decides; encrypted, because people write names into it
  key_wrapped bytea not null,
  reason_enc bytea not null,
  requested_by uuid not null references users,
  requested_at timestamptz not null,
  expires_at timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'done', 'refused', 'withdrawn', 'expired', 'alone')),
  decided_by uuid references users,
  decided_at timestamptz,
  check ((state = 'waiting') = (decided_at is null)),
  check ((state in ('waiting', 'expired')) = (decided_by is null)),
  -- nobody agrees to their own wish, whatever the program does
  check (decided_by is distinct from requested_by or state not in ('done', 'refused'))
);
create unique index approvals_waiting on approvals (kind, subject_id) where state = 'waiting';
create index approvals_newest on approvals (requested_at desc);

-- The audit. Until now each row held the hash of the one before it and took a lock until commit. From now on rows are only
-- appended; audit_chain links them, in its own table, so that rows of the audit are still never updated. Columns prev and hash
-- stay for rows of before: they are part of what is sealed.
drop table audit_head;
alter table audit alter column prev drop not null;
alter table audit alter column hash drop not null;
create sequence audit_ids;
select setval('audit_ids', coalesce((select max(id) from audit), 0) + 1, false);
alter table audit alter column id set default nextval('audit_ids');
create index audit_by_user on audit (user_id, id desc);
create index audit_by_action on audit (action, id desc);
create index audit_by_object on audit (object_id, id desc) where object_id is not null;

-- rows that are written and not yet in the chain: an entry comes with the row, in the same transaction
create table audit_unsealed (audit_id bigint primary key);
insert into audit_unsealed select id from audit;

create table audit_chain (
  position bigint primary key check (position > 0),
  audit_id bigint not null unique,
  -- HMAC of the row
  row_mac bytea not null,
  -- HMAC over the link before it, this position and row_mac
  link bytea not null,
  sealed_at timestamptz not null
);
-- newest position; with an HMAC of its own, so that a cut-off tail shows
create table audit_head (
  one boolean primary key default true check (one),
  position bigint not null,
  mac bytea not null
);
-- where the old end was cut off by the retention rule: the chain goes on from here
create table audit_cuts (
  position bigint primary key,
  link bytea not null,
  -- how many rows went, and from when to when
  rows bigint not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  cut_at timestamptz not null,
  mac bytea not null
);
create trigger audit_chain_no_change before update or delete on audit_chain
  for each row execute function audit_is_append_only();
create trigger audit_chain_no_truncate before truncate on audit_chain
  for each statement execute function audit_is_append_only();
create trigger audit_cuts_no_change before update or delete on audit_cuts
  for each row execute function audit_is_append_only();
create trigger audit_cuts_no_truncate before truncate on audit_cuts
  for each statement execute function audit_is_append_only();
-- and by rights, too: only a superuser is not held by them. `npm run audit -- cut` gives itself what it needs, for one transaction.
revoke update, delete, truncate on audit, audit_chain, audit_cuts from current_user;
