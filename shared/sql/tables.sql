-- A service's log and the receipts of its commands. Positions (notification_id) are given by the append function: no sequence to grant or to lose.
CREATE TABLE IF NOT EXISTS {events} (
    notification_id    bigint NOT NULL,
    originator_id      uuid   NOT NULL,
    originator_version bigint NOT NULL,
    topic              text   NOT NULL,
    state              bytea  NOT NULL,
    PRIMARY KEY (originator_id, originator_version)
);
CREATE UNIQUE INDEX IF NOT EXISTS {position_index} ON {events} (notification_id);
CREATE TABLE IF NOT EXISTS {receipts} (
    actor       text   NOT NULL,
    key         text   NOT NULL,
    fingerprint text   NOT NULL,
    subject     uuid   NOT NULL,
    version     bigint NOT NULL,
    position    bigint NOT NULL,
    PRIMARY KEY (actor, key)
);
CREATE OR REPLACE FUNCTION {refuse}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {events} FOR EACH STATEMENT EXECUTE FUNCTION {refuse}();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {receipts} FOR EACH STATEMENT EXECUTE FUNCTION {refuse}();
