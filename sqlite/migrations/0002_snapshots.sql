-- States that were folded from events. docs/FORMAT.md explains every column.
-- A released migration is never edited: its checksum is stored in each file.

CREATE TABLE snapshots (
	name        TEXT    NOT NULL,
	fingerprint TEXT    NOT NULL,
	key         TEXT    NOT NULL,
	position    INTEGER NOT NULL,
	changed     INTEGER NOT NULL,
	version     INTEGER NOT NULL,
	state       BLOB    NOT NULL,
	checksum    BLOB    NOT NULL,
	PRIMARY KEY (name, fingerprint, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
	name        TEXT    NOT NULL,
	fingerprint TEXT    NOT NULL,
	position    INTEGER NOT NULL,
	keys        INTEGER NOT NULL,
	checksum    BLOB    NOT NULL,
	PRIMARY KEY (name, fingerprint)
) STRICT, WITHOUT ROWID;
