-- A supervisor who reads along can say something to the counsellor alone, without taking the conversation and without everybody
-- at the desk reading the correction.

-- who may read it beside its author; null: whoever may read the conversation
alter table notes add column only_for uuid references users;
