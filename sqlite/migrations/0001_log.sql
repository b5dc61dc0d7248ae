-- The log and what belongs to it. docs/FORMAT.md explains every column.
-- A released migration is never edited: its checksum is stored in each file.

CREATE TABLE log (
	id         INTEGER PRIMARY KEY CHECK (id = 1),
	log_id     TEXT    NOT NULL,
	created_at INTEGER NOT NULL,
	openings   INTEGER NOT NULL
) STRICT;

CREATE TABLE events (
	position       INTEGER PRIMARY KEY,
	aggregate_type TEXT    NOT NULL,
	aggregate_id   TEXT    NOT NULL,
	sequence       INTEGER NOT NULL,
	event_type     TEXT    NOT NULL,
	schema_version INTEGER NOT NULL,
	payload        TEXT    NOT NULL,
	metadata       TEXT    NOT NULL,
	recorded_at    INTEGER NOT NULL,
	final          INTEGER NOT NULL CHECK (final IN (0, 1)),
	UNIQUE (aggregate_type, aggregate_id, sequence)
) STRICT;

CREATE TRIGGER events_no_update BEFORE UPDATE ON events
BEGIN
	SELECT RAISE(ABORT, 'stored events are never updated');
END;

CREATE TRIGGER events_no_delete BEFORE DELETE ON events
BEGIN
	SELECT RAISE(ABORT, 'stored events are never deleted');
END;

-- INSERT OR REPLACE deletes without asking the trigger above; it gets no
-- further than this one, and neither does a gap.
CREATE TRIGGER events_in_order BEFORE INSERT ON events
WHEN NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM events)
	OR NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM events
		WHERE aggregate_type = NEW.aggregate_type AND aggregate_id = NEW.aggregate_id)
BEGIN
	SELECT RAISE(ABORT, 'events follow each other without a gap');
END;

CREATE TABLE commands (
	aggregate_type TEXT    NOT NULL,
	aggregate_id   TEXT    NOT NULL,
	command_id     TEXT    NOT NULL,
	request        BLOB    NOT NULL CHECK (length(request) = 32),
	first_position INTEGER NOT NULL,
	last_position  INTEGER NOT NULL,
	version        INTEGER NOT NULL,
	PRIMARY KEY (aggregate_type, aggregate_id, command_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE shapes (
	aggregate_type TEXT    NOT NULL,
	event_type     TEXT    NOT NULL,
	schema_version INTEGER NOT NULL,
	shape_hash     TEXT    NOT NULL,
	first_position INTEGER NOT NULL,
	PRIMARY KEY (aggregate_type, event_type, schema_version)
) STRICT, WITHOUT ROWID;
