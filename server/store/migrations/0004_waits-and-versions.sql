-- A question may wait for a time only; when it is over the conversation gets an event of its own (server/turns/waits.ts).
alter table conversations add column wait_until timestamptz;
create index conversations_waiting on conversations (wait_until) where wait_until is not null;

-- Which version of its flow somebody stands in: before a new version is released its editor sees how many people stand where.
-- Until now every flow was in its first version.
alter table sessions add column flow_version int not null default 1;
create index sessions_places on sessions (flow, flow_version, node);
