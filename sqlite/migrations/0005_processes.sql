-- What processes have done and what waits. docs/FORMAT.md explains every column.
-- A released migration is never edited: its checksum is stored in each file.

CREATE TABLE processes (
	name     TEXT    PRIMARY KEY,
	steps    INTEGER NOT NULL,
	position INTEGER NOT NULL,
	paused   INTEGER NOT NULL CHECK (paused IN (0, 1)),
	held     INTEGER NOT NULL CHECK (held IN (0, 1)),
	checksum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE process_timers (
	process  TEXT    NOT NULL,
	key      TEXT    NOT NULL,
	name     TEXT    NOT NULL,
	id       TEXT    NOT NULL,
	due_at   INTEGER NOT NULL,
	data     TEXT    NOT NULL,
	metadata TEXT    NOT NULL,
	checksum INTEGER NOT NULL,
	PRIMARY KEY (process, key, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX process_timers_by_time ON process_timers (process, due_at, key, name);

CREATE TABLE process_outgoing (
	process        TEXT    NOT NULL,
	step           INTEGER NOT NULL,
	place          INTEGER NOT NULL,
	id             TEXT    NOT NULL,
	key            TEXT    NOT NULL,
	effect         INTEGER NOT NULL CHECK (effect IN (0, 1)),
	name           TEXT    NOT NULL,
	aggregate_type TEXT    NOT NULL,
	aggregate_id   TEXT    NOT NULL,
	data           TEXT    NOT NULL,
	not_before     INTEGER NOT NULL,
	since          INTEGER NOT NULL,
	metadata       TEXT    NOT NULL,
	checksum       INTEGER NOT NULL,
	reason         TEXT,
	PRIMARY KEY (process, step, place),
	UNIQUE (process, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX process_outgoing_dead ON process_outgoing (process, step, place) WHERE reason IS NOT NULL;

CREATE TABLE process_parked (
	process  TEXT    NOT NULL,
	key      TEXT    NOT NULL,
	position INTEGER NOT NULL,
	reason   TEXT    NOT NULL,
	PRIMARY KEY (process, key)
) STRICT, WITHOUT ROWID;
