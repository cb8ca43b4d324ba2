-- Writes a group of saves in commit order, each whole or not at all, and answers with one small row (a client that does not read it must not
-- hold up the commit): the position of the first event, and the saves that were refused because a version or a key is taken.
-- Events come save by save, each save a microsecond later than the one before, so that every position has an instant it was known at;
-- `ends` is the place (from 1) of each command's last event among them.
CREATE OR REPLACE FUNCTION {append}(
    saves int[], ids uuid[], versions bigint[], topics text[], states bytea[],
    ends int[], actors text[], keys text[], fingerprints text[], subjects uuid[], subject_versions bigint[],
    OUT first bigint, OUT refused int[]
) LANGUAGE plpgsql
SET search_path FROM CURRENT
SET lock_timeout TO {patience}
SET plan_cache_mode TO force_generic_plan  -- planning anew for each call doubles its time
SET enable_seqscan TO off                  -- and a plan made while the table was small must not outlive that
SET enable_hashjoin TO off
SET enable_mergejoin TO off
AS $$
DECLARE
    last bigint;
    stamp timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended({lock}, 0));
    SELECT notification_id, convert_from(substr(state, 27, 27), 'UTF8')::timestamptz INTO last, stamp FROM {events} ORDER BY notification_id DESC LIMIT 1;
    stamp := greatest(stamp + interval '1 microsecond', clock_timestamp());
    first := coalesce(last, 0) + 1;

    SELECT coalesce(array_agg(DISTINCT save), '{{}}') INTO refused FROM (
        SELECT e.save FROM unnest(saves, ids, versions) AS e (save, id, version)
            JOIN {events} AS t ON t.originator_id = e.id AND t.originator_version = e.version
        UNION ALL
        SELECT saves[r.n] FROM unnest(ends, actors, keys) AS r (n, actor, key)
            JOIN {receipts} AS t ON t.actor = r.actor AND t.key = r.key
    ) AS taken (save);

    WITH placed AS MATERIALIZED (
        SELECT e.*, first - 1 + row_number() OVER (ORDER BY e.n) AS position
        FROM unnest(saves, ids, versions, topics, states) WITH ORDINALITY AS e (save, id, version, topic, state, n)
        WHERE e.save <> ALL (refused)
    ), stored AS (
        INSERT INTO {events} (notification_id, originator_id, originator_version, topic, state)
        SELECT p.position, p.id, p.version, p.topic, {head}::bytea || convert_to(to_char(
            (stamp + p.save * interval '1 microsecond') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '",', 'UTF8') || p.state
        FROM placed AS p ORDER BY p.n
    )
    INSERT INTO {receipts} (actor, key, fingerprint, subject, version, position)
    SELECT r.actor, r.key, r.fingerprint, r.subject, r.version, p.position
    FROM unnest(ends, actors, keys, fingerprints, subjects, subject_versions) AS r (n, actor, key, fingerprint, subject, version)
        JOIN placed AS p ON p.n = r.n;
END $$;
