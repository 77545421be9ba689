-- What the file ledger and the runs say, to be asked. Written for H2 and PostgreSQL.
create table segment (
  number int primary key,
  file varchar not null,
  sha256 varchar not null,
  schema_key varchar not null,
  items int not null
);

create table segment_split (
  number int not null,
  split varchar not null,
  items int not null,
  primary key (number, split)
);

-- state: NEW, STORED, DUPLICATE, QUARANTINED, WITHDRAWN. Keys are hashes: names may be longer than an index takes.
create table item (
  item_key varchar primary key,
  id varchar,
  id_key varchar,
  study varchar,
  study_key varchar,
  content_hash varchar,
  split varchar,
  state varchar not null,
  rule varchar,
  message varchar,
  schema_key varchar,
  segment int,
  row_number int,
  noted_at timestamp with time zone not null
);

create index item_by_id on item (id_key);
create index item_by_study on item (study_key);
create index item_by_row on item (segment, row_number);
create index item_by_state on item (state);

create table withdrawal (
  study varchar primary key,
  withdrawn_at varchar not null
);

create table run (
  run varchar primary key,
  folder varchar not null,
  schema_key varchar not null,
  splits varchar not null,
  segments int not null,
  items bigint not null,
  seed bigint not null,
  global_batch int not null
);

create table checkpoint (
  run varchar not null,
  step bigint not null,
  folder varchar not null,
  primary key (run, step)
);
