-- Staff accounts, their sessions, and the audit trail that every read and change of a conversation leaves.

create table users (
  id uuid primary key,
  email text not null,
  display_name text not null,
  password_hash text not null,
  role text not null check (role in ('counsellor', 'supervisor', 'editor', 'admin')),
  ui_language text not null default 'vi' check (ui_language in ('vi', 'en')),
  disabled_at timestamptz,
  created_at timestamptz not null
);
create unique index users_email on users (lower(email));

-- one-time links: the first administrator, later invitations
create table setup_tokens (
  token_hash bytea primary key,
  purpose text not null check (purpose in ('first_admin', 'invite')),
  role text not null default 'admin',
  expires_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null
);

create table user_sessions (
  token_hash bytea primary key,
  user_id uuid not null references users on delete cascade,
  -- authenticator assurance level: 1 password, 2 second factor
  aal int not null default 1,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index user_sessions_user on user_sessions (user_id) where ended_at is null;

alter table conversations add foreign key (owner_user_id) references users;
alter table handovers add foreign key (taken_by) references users;
alter table messages add foreign key (user_id) references users;

-- hash chain: each row holds the hash of the one before, so a change or a hole shows
create table audit (
  id bigint primary key,
  at timestamptz not null,
  -- null: the system itself
  user_id uuid,
  action text not null,
  object_kind text not null,
  object_id text,
  -- codes and counts only, no content
  detail jsonb not null default '{}',
  prev bytea not null,
  hash bytea not null
);
create table audit_head (
  one boolean primary key default true check (one),
  id bigint not null,
  hash bytea not null
);
insert into audit_head (id, hash) values (0, '\x');
create function audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'audit is append-only';
end $$;
create trigger audit_no_change before update or delete on audit for each row execute function audit_is_append_only();
create trigger audit_no_truncate before truncate on audit for each statement execute function audit_is_append_only();
