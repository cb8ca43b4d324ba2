-- The same log in SQLite. Stream ids are hexadecimal text, as the library writes them.
CREATE TABLE IF NOT EXISTS {events} (
    notification_id    INTEGER PRIMARY KEY,
    originator_id      TEXT    NOT NULL,
    originator_version INTEGER NOT NULL,
    topic              TEXT    NOT NULL,
    state              BLOB    NOT NULL,
    UNIQUE (originator_id, originator_version)
) STRICT;
CREATE TABLE IF NOT EXISTS {receipts} (
    actor       TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    PRIMARY KEY (actor, key)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS {events}_no_update BEFORE UPDATE ON {events} BEGIN SELECT RAISE(ABORT, '{events} is append-only'); END;
CREATE TRIGGER IF NOT EXISTS {events}_no_delete BEFORE DELETE ON {events} BEGIN SELECT RAISE(ABORT, '{events} is append-only'); END;
CREATE TRIGGER IF NOT EXISTS {receipts}_no_update BEFORE UPDATE ON {receipts} BEGIN SELECT RAISE(ABORT, '{receipts} is append-only'); END;
CREATE TRIGGER IF NOT EXISTS {receipts}_no_delete BEFORE DELETE ON {receipts} BEGIN SELECT RAISE(ABORT, '{receipts} is append-only'); END;
