-- The statements of a batch of flows, by one client. Ids increase, as time-ordered ids do.
\set n :n + :batch
\set base :client_id * 1000000000000 + :n

-- start
BEGIN;
INSERT INTO race_flow (id, state, version, created_at, updated_at)
SELECT lpad(to_hex(:base::bigint + i), 32, '0')::uuid, 'Calling', 1, now(), now()
FROM generate_series(1, :batch::int) AS i;
INSERT INTO transition (subject_id, version, machine, signal, target, ignored, cause, at)
SELECT lpad(to_hex(:base::bigint + i), 32, '0')::uuid, 1, 'race_flow', 'start', 'Calling', false, 'process', now()
FROM generate_series(1, :batch::int) AS i;
INSERT INTO activity (id, name, machine, subject_id, state, attempts, unknown_outcomes, due_at, payload, created_at)
SELECT lpad(to_hex(:base::bigint + i), 32, '1')::uuid, 'race.first', 'race_flow',
       lpad(to_hex(:base::bigint + i), 32, '0')::uuid, 'pending', 0, 0, now() + interval '10 s', '{}', now()
FROM generate_series(1, :batch::int) AS i;
COMMIT;

-- claim the first call
BEGIN;
SET LOCAL synchronous_commit = off;
UPDATE activity SET state = 'running', token = uuidv4(), attempts = attempts + 1, due_at = now() + interval '10 s'
WHERE id = ANY (ARRAY(SELECT lpad(to_hex(:base::bigint + i), 32, '1')::uuid FROM generate_series(1, :batch::int) AS i));
SELECT * FROM race_flow
WHERE id = ANY (ARRAY(SELECT lpad(to_hex(:base::bigint + i), 32, '0')::uuid FROM generate_series(1, :batch::int) AS i));
COMMIT;

-- finish it
BEGIN;
UPDATE activity SET state = 'done', token = NULL, finished_at = now()
WHERE id = ANY (ARRAY(SELECT lpad(to_hex(:base::bigint + i), 32, '1')::uuid FROM generate_series(1, :batch::int) AS i));
SELECT * FROM race_flow
WHERE id = ANY (ARRAY(SELECT lpad(to_hex(:base::bigint + i), 32, '0')::uuid FROM generate_series(1, :batch::int) AS i))
ORDER BY id FOR NO KEY UPDATE;
UPDATE race_flow SET state = 'Waiting', version = 2, first = id::text || '-1', updated_at = now()
WHERE id = ANY (ARRAY(SELECT lpad(to_hex(:base::bigint + i), 32, '0')::uuid FROM generate_series(1, :batch::int) AS i));
INSERT INTO transition (subject_id, version, machine, signal, source, target, ignored, cause, at)
SELECT lpad(to_hex(:base::bigint + i), 32, '0')::uuid, 2, 'race_flow', 'answered', 'Calling', 'Waiting', false,
       'race.first 01a209a2-b822-7f17-b4bd-dcedc0d5b2a5', now()
FROM generate_series(1, :batch::int) AS i;
COMMIT;

-- the event
BEGIN;
INSERT INTO signal (id, source, external_id, kind, payload, state, subject_id, attempts, due_at, received_at, applied_at)
SELECT id, 'race', 'evt_' || id, 'payment.succeeded',
       jsonb_build_object('flow', id, 'id', 'evt_' || id, 'type', 'payment.succeeded'), 'applied', id, 1, now(), now(), now()
FROM (SELECT lpad(to_hex(:base::bigint + i), 32, '0')::uuid AS id FROM generate_series(1, :batch::int) AS i);
SELECT * FROM race_flow
WHERE id = ANY (ARRAY(SELECT lpad(to_hex(:base::bigint + i), 32, '0')::uuid FROM generate_series(1, :batch::int) AS i))
ORDER BY id FOR NO KEY UPDATE;
UPDATE race_flow SET state = 'Ending', version = 3, updated_at = now()
WHERE id = ANY (ARRAY(SELECT lpad(to_hex(:base::bigint + i), 32, '0')::uuid FROM generate_series(1, :batch::int) AS i));
INSERT INTO transition (subject_id, version, machine, signal, source, target, ignored, cause, at)
SELECT lpad(to_hex(:base::bigint + i), 32, '0')::uuid, 3, 'race_flow', 'paid', 'Waiting', 'Ending', false,
       'signal race evt_01a209a2-b822-7f17-b4bd-dcedc0d5b2a5', now()
FROM generate_series(1, :batch::int) AS i;
INSERT INTO activity (id, name, machine, subject_id, state, attempts, unknown_outcomes, due_at, payload, created_at)
SELECT lpad(to_hex(:base::bigint + i), 32, '2')::uuid, 'race.second', 'race_flow',
       lpad(to_hex(:base::bigint + i), 32, '0')::uuid, 'pending', 0, 0, now() + interval '10 s', '{}', now()
FROM generate_series(1, :batch::int) AS i;
COMMIT;

-- claim the second call
BEGIN;
SET LOCAL synchronous_commit = off;
UPDATE activity SET state = 'running', token = uuidv4(), attempts = attempts + 1, due_at = now() + interval '10 s'
WHERE id = ANY (ARRAY(SELECT lpad(to_hex(:base::bigint + i), 32, '2')::uuid FROM generate_series(1, :batch::int) AS i));
SELECT * FROM race_flow
WHERE id = ANY (ARRAY(SELECT lpad(to_hex(:base::bigint + i), 32, '0')::uuid FROM generate_series(1, :batch::int) AS i));
COMMIT;

-- finish it
BEGIN;
UPDATE activity SET state = 'done', token = NULL, finished_at = now()
WHERE id = ANY (ARRAY(SELECT lpad(to_hex(:base::bigint + i), 32, '2')::uuid FROM generate_series(1, :batch::int) AS i));
SELECT * FROM race_flow
WHERE id = ANY (ARRAY(SELECT lpad(to_hex(:base::bigint + i), 32, '0')::uuid FROM generate_series(1, :batch::int) AS i))
ORDER BY id FOR NO KEY UPDATE;
UPDATE race_flow SET state = 'Done', version = 4, second = id::text || '-2', updated_at = now()
WHERE id = ANY (ARRAY(SELECT lpad(to_hex(:base::bigint + i), 32, '0')::uuid FROM generate_series(1, :batch::int) AS i));
INSERT INTO transition (subject_id, version, machine, signal, source, target, ignored, cause, at)
SELECT lpad(to_hex(:base::bigint + i), 32, '0')::uuid, 4, 'race_flow', 'answered', 'Ending', 'Done', false,
       'race.second 01a209a2-b822-7f17-b4bd-dcedc0d5b2a5', now()
FROM generate_series(1, :batch::int) AS i;
COMMIT;
