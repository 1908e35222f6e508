-- What the bot says, asks and knows lives here once the studio is used; the repository's flows/, content/ and translations/ are
-- its seed and its export. Texts of files are kept once, by their hash; a release is a list of paths and hashes.

create table content_files (
  -- SHA-256 of the text in UTF-8, hexadecimal
  hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
  text text not null
);

create table content_drafts (
  id uuid primary key,
  title text not null check (length(title) between 1 and 120),
  note text not null default '' check (length(note) <= 2000),
  -- scheduled: approved, and published by itself at publish_at
  state text not null check (state in ('open', 'in_review', 'scheduled', 'published', 'withdrawn')),
  -- the release it was begun from, or was last brought up to
  base int not null,
  -- counts every change of its files: what was checked, read and approved is one version
  version int not null default 0,
  publish_at timestamptz,
  publish_note text,
  -- why a scheduled one was not published: a code
  held_back text,
  created_by uuid not null references users,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  check ((state = 'scheduled') = (publish_at is not null))
);
create index content_drafts_open on content_drafts (changed_at desc) where state in ('open', 'in_review', 'scheduled');

create table content_draft_files (
  draft_id uuid not null references content_drafts on delete cascade,
  path text not null,
  -- null: the file goes
  hash text references content_files,
  changed_by uuid not null references users,
  changed_at timestamptz not null,
  primary key (draft_id, path)
);

-- Everybody who ever wrote in a draft: none of them may approve it, even when somebody wrote over it.
create table content_draft_authors (
  draft_id uuid not null references content_drafts on delete cascade,
  user_id uuid not null references users,
  primary key (draft_id, user_id)
);

create table content_releases (
  -- given by us without gaps, so that people can speak of "release 12"
  number int primary key check (number > 0),
  -- seed: the files of the repository, first. files: newer ones of the repository, taken over at a start.
  -- published: a draft. rollback: an earlier release again. import: files that somebody brought from elsewhere
  kind text not null check (kind in ('seed', 'files', 'published', 'rollback', 'import')),
  -- {path: hash}
  manifest jsonb not null,
  -- hash of the manifest: equal contents have equal digests
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  -- of the files on disk, for those that came from there
  disk_manifest jsonb,
  note text not null default '' check (length(note) <= 2000),
  draft_id uuid references content_drafts,
  restores int references content_releases,
  created_by uuid references users,
  created_at timestamptz not null,
  check ((kind = 'published') = (draft_id is not null)),
  check ((kind = 'rollback') = (restores is not null)),
  check ((kind in ('seed', 'files')) = (disk_manifest is not null))
);
alter table content_drafts add foreign key (base) references content_releases;

create function refuse_release_change() returns trigger language plpgsql as $$
begin
  raise exception 'a release is never changed';
end
$$;
create trigger content_releases_fixed before update or delete on content_releases
  for each row execute function refuse_release_change();
create function refuse_release_loss() returns trigger language plpgsql as $$
begin
  if exists (select from content_releases) then
    raise exception 'a release is never changed';
  end if;
  return null;
end
$$;
create trigger content_releases_kept before truncate on content_releases
  for each statement execute function refuse_release_loss();
create trigger content_files_fixed before update on content_files
  for each row execute function refuse_release_change();

create table content_reviews (
  id uuid primary key,
  draft_id uuid not null references content_drafts on delete cascade,
  -- what was looked at; an approval of an earlier version does not count
  version int not null,
  verdict text not null check (verdict in ('approved', 'changes_wanted')),
  note text not null default '' check (length(note) <= 2000),
  reviewer_id uuid not null references users,
  created_at timestamptz not null
);
create index content_reviews_draft on content_reviews (draft_id, created_at);

-- What the checker said of a content, by its digest: the same files need no second look the same day (facts expire by the day).
create table content_checks (
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  day date not null,
  errors int not null,
  warnings int not null,
  -- [{severity, path, line, message, mend}]
  problems jsonb not null,
  millis int not null,
  created_at timestamptz not null,
  primary key (digest, day)
);
