-- The first answer to a request that came with an Idempotency-Key, kept for 24 hours.
create table idempotency_keys (
  key text primary key,
  fingerprint bytea not null,
  status smallint not null,
  headers jsonb not null,
  body json, -- json, not jsonb: a replay has the bytes of the first answer
  created_at timestamptz not null default now()
);

comment on column idempotency_keys.fingerprint is 'SHA-256 of method, route and validated body.';

create index idempotency_keys_oldest on idempotency_keys (created_at);

grant select, insert, update, delete on idempotency_keys to clan_app;
