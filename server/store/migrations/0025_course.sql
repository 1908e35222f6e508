-- Which modules of the course somebody on the staff finished: for their own list and certificate. The day is enough: an hour would
-- tell who was on duty. Answers are kept nowhere, and others only ever see how many people finished a module.

create table course_progress (
  user_id uuid not null references users on delete cascade,
  -- id of a lesson; one that is gone from the content is not listed any more
  module text not null,
  -- in Vietnam; of the first time
  finished_on date not null,
  primary key (user_id, module)
);
