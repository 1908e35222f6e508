-- What a message costs the database. (The numbers in between belong to work that is merged beside this one.)

-- What was sent, failed or suppressed is told by its message; the row of the outbox goes, instead of staying for ever with four
-- indexes written anew for it. What waits to be sent is all there is. (done_at stays a release longer: an instance of the release
-- before may still be writing it.)
delete from outbox where state <> 'queued';

-- Rows that are updated with every message get room on their page, so that the update writes no index (HOT).
alter table conversations set (fillfactor = 70);
alter table sessions set (fillfactor = 70);

-- A session of two to eight kilobytes is read and written whole in each turn: not in pieces in another table.
alter table sessions set (toast_tuple_target = 8160);

-- Queues: short, and every row of them dies soon. The default waits for a fifth of a table that was large once.
alter table outbox set (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);

-- Half of the rows of a page are updated once, when what they say was sent: room for that, so that it stays in the page.
alter table messages set (fillfactor = 65);

-- Only what trims by age asks for time, and rows lie in its order anyway: a summary per stretch of pages instead of an entry per row.
drop index messages_created;
create index messages_created on messages using brin (created_at);
drop index live_events_age;
create index live_events_age on live_events using brin (created_at);
drop index inbox_done;
create index inbox_received on inbox using brin (received_at);

-- Goes with its message anyway, and the message with the conversation.
alter table outbox drop constraint outbox_conversation_id_fkey;
