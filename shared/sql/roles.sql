-- The owner of a log's tables and functions (used by migrations only), and the role of its service: it may read and append, nothing else.
-- Run by a superuser after the tables were made. Passwords are the operator's: ALTER ROLE … PASSWORD.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {owner_name}) THEN CREATE ROLE {owner} NOLOGIN; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {writer_name}) THEN CREATE ROLE {writer} LOGIN; END IF;
END $$;
GRANT USAGE, CREATE ON SCHEMA {schema} TO {owner};
GRANT USAGE ON SCHEMA {schema} TO {writer};
ALTER TABLE {events} OWNER TO {owner};
ALTER TABLE {receipts} OWNER TO {owner};
ALTER FUNCTION {refuse} OWNER TO {owner};
ALTER FUNCTION {append} OWNER TO {owner};
REVOKE ALL ON {events}, {receipts} FROM PUBLIC;
REVOKE ALL ON FUNCTION {append} FROM PUBLIC;
GRANT SELECT, INSERT ON {events}, {receipts} TO {writer};
GRANT EXECUTE ON FUNCTION {append} TO {writer};
