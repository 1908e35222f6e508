-- Tokens of a channel account that rotate (Zalo): each refresh gives a new pair and kills the old one at once, so the pair
-- must be on disk before it is used, and what was about to be shown to the platform must be known after a crash.
-- (0004 belongs to another piece of work that is merged beside this one; numbers are never given twice.)

create table channel_tokens (
  channel text not null check (channel in ('web', 'telegram', 'messenger', 'zalo', 'line')),
  account text not null,
  -- counts the pairs of an account, from 1
  generation int not null check (generation > 0),
  -- refreshing: the refresh token was, or is being, shown to the platform and no answer is stored
  state text not null check (state in ('ready', 'refreshing', 'lost', 'spent')),
  -- a key of its own for each pair, wrapped like that of a conversation; forgotten with the pair
  key_wrapped bytea,
  -- {accessToken, refreshToken} as JSON, encrypted
  pair_enc bytea,
  -- keyed hash of the refresh token: one that was ever stored is not taken from the configuration a second time
  refresh_hash bytea not null,
  obtained_at timestamptz not null,
  -- of the access token
  expires_at timestamptz not null,
  -- refreshes begun with this pair
  attempts int not null default 0,
  not_before timestamptz,
  primary key (channel, account, generation),
  check ((state = 'spent') = (pair_enc is null) and (pair_enc is null) = (key_wrapped is null))
);
-- one pair in use: a second refresher that slipped in somehow cannot store another beside it
create unique index channel_tokens_in_use on channel_tokens (channel, account) where state <> 'spent';
