package sqlite

import _ "embed" // the queries below

// The queries, one file each.
var (
	//go:embed sql/insert_events.sql
	sqlInsertEvents string
	//go:embed sql/insert_command.sql
	sqlInsertCommand string
	//go:embed sql/insert_shape.sql
	sqlInsertShape string
	//go:embed sql/insert_log.sql
	sqlInsertLog string
	//go:embed sql/insert_migration.sql
	sqlInsertMigration string
	//go:embed sql/create_migrations.sql
	sqlCreateMigrations string
	//go:embed sql/mark_opening.sql
	sqlMarkOpening string
	//go:embed sql/command.sql
	sqlCommand string
	//go:embed sql/last_of_stream.sql
	sqlLastOfStream string
	//go:embed sql/head.sql
	sqlHead string
	//go:embed sql/event_at.sql
	sqlEventAt string
	//go:embed sql/read_log.sql
	sqlReadLog string
	//go:embed sql/read_stream.sql
	sqlReadStream string
	//go:embed sql/shapes.sql
	sqlShapes string
	//go:embed sql/migrations.sql
	sqlMigrations string
	//go:embed sql/log_id.sql
	sqlLogID string
	//go:embed sql/snapshot.sql
	sqlSnapshot string
	//go:embed sql/snapshots.sql
	sqlSnapshots string
	//go:embed sql/checkpoint.sql
	sqlCheckpoint string
	//go:embed sql/save_snapshot.sql
	sqlSaveSnapshot string
	//go:embed sql/save_checkpoint.sql
	sqlSaveCheckpoint string
	//go:embed sql/next_snapshots.sql
	sqlNextSnapshots string
	//go:embed sql/forget_checkpoint.sql
	sqlForgetCheckpoint string
	//go:embed sql/forget_snapshots.sql
	sqlForgetSnapshots string
)
