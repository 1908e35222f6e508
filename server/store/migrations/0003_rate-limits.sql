-- Counters of the rate limiter (rate-limiter-flexible), shared by all instances. Keys are keyed hashes: no address, no e-mail.
-- Unlogged: after a crash the counters start again, which costs one window of attempts and saves the write-ahead log.

create unlogged table rate_limits (
  key varchar(255) primary key,
  points int not null default 0,
  -- milliseconds since 1970, as the library writes it
  expire bigint
);
create index rate_limits_expire on rate_limits (expire);
