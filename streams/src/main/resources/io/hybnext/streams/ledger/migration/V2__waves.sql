-- At which steps new items entered a run: what WavePlan needs to tell which step drew an item first.
create table wave (
  run varchar not null,
  step bigint not null,
  segments int not null,
  items bigint not null,
  new_share double precision not null,
  new_steps int not null,
  new_repeats double precision not null,
  half_life int not null,
  oldest_share double precision not null,
  primary key (run, step)
);
