package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"time"

	"towncrier/alarm"
	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/seal"
)

// ErrMarking says that a database was put back from a backup and that MarkRestored, which was begun on it, has not ended.
var ErrMarking = errors.New("the database is being put back from a backup, and that has not ended: run `towncrier restore --mark` again")

// Restore says from where a database was put back.
type Restore struct {
	AsOf  time.Time   // it stands as it stood then
	Stops []io.Reader // what there is of stops.log; none when it is lost
	By    audit.Actor
	At    time.Time // now
}

// Restored is what was done to a database that was put back.
type Restored struct {
	Epoch      int64    // call ids begin with it
	Lines      int      // of stops.log that were applied
	Stopped    int      // of them: stops, of texts and of single topics
	Started    int      // stops that were taken back
	Erased     int      // people who left or were erased, whole or in part
	Broadcasts []string // ids of those that wait for a person
	Series     []string
	InDoubt    int // deliveries
}

const (
	// callsASecond is more calls than are ever begun in a second. So an epoch, which is the second in which a database was put back,
	// begins above every call id that was in use before, whichever backup it was put back from.
	callsASecond = 100_000
	// firstEpoch keeps call ids below 2^53, which every program reads exactly, until 2,800 years from now.
	firstEpoch = 1_577_836_800 // 2020
	// markSlice is how many rows one transaction marks.
	markSlice = 500
)

// MarkRestored does what must be done to a database that was put back as it stood at r.AsOf, before anybody serves it. Who stopped texts,
// took that back or was erased since, as far as stops.log says, did so. Nothing goes on by itself that may have gone on since: broadcasts
// are paused and series stopped. Deliveries that may have been sent since are in doubt and asked about. No call id is used twice.
//
// Nobody else may have the database open: else it is ErrInUse. It works in slices; cut off anywhere it is run again, with the same
// stops.log, and ends the same. Until it has ended Open refuses the database. sealer gets the finding keys that stops.log brings.
func MarkRestored(ctx context.Context, setting string, sealer *seal.Sealer, r Restore) (done Restored, err error) {
	if r.AsOf.After(r.At.Add(clocksDiffer)) { // residents who stopped since would seem to have done so before, and call ids would be used again
		return done, fmt.Errorf("the database stands as of %s, which by the clock of this machine is yet to come, it says %s: set it right, and run this again",
			r.AsOf.UTC().Format(time.RFC3339), r.At.UTC().Format(time.RFC3339))
	}
	current, err := openMigrated(ctx, setting, sealer)
	if err != nil {
		return done, err
	}
	if err := current.Close(); err != nil {
		return done, err
	}
	c, err := openAlone(ctx, setting)
	if err != nil {
		return done, fmt.Errorf("mark the database as restored: %w", err)
	}
	db := newDB(c, &keyRing{sealer: sealer})
	m := &marking{db: db, ledger: db.Broadcasts(), by: r.By, done: &done, logs: r.Stops}
	if err = m.run(ctx, r); err != nil {
		if keys, fault := readKeys(ctx, db.write); fault == nil {
			err = errors.Join(err, sealer.Load(keys)) // of what was committed
		}
	}
	if err = errors.Join(err, db.write.Close()); err != nil {
		return done, fmt.Errorf("mark the database as restored: %w", err)
	}
	return done, nil
}

func (m *marking) run(ctx context.Context, r Restore) error {
	if err := m.begin(ctx, r); err != nil {
		return err
	}
	for i, step := range []func(context.Context, *sql.Tx) error{m.applyStops, m.pauseBroadcasts, m.stopSeries, m.doubtCalls, m.doubtPending, m.endTexts, m.end} {
		for more := i >= m.row.steps; more; {
			err := m.write(ctx, func(tx *sql.Tx) (err error) {
				err = step(ctx, tx)
				if more = errors.Is(err, errMore); more {
					return nil
				}
				return errors.Join(err, m.step(ctx, tx, i+1))
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// errMore is of a step that did a slice and has more to do.
var errMore = errors.New("more to do")

// begin goes on with a marking that was cut off, or begins a new epoch.
func (m *marking) begin(ctx context.Context, r Restore) error {
	return m.write(ctx, func(tx *sql.Tx) error {
		before, marking, err := readRestore(ctx, tx)
		if err != nil || marking {
			m.row, m.done.Epoch = before, before.epoch
			return err
		}
		m.row = restoreRow{epoch: max(r.At.Unix(), before.epoch+1), asOf: r.AsOf.UnixMilli(), begun: r.At.UnixMilli()}
		m.done.Epoch = m.row.epoch
		if err := tx.QueryRowContext(ctx, m.lastCall()).Scan(&m.row.known); err != nil {
			return err
		}
		for _, query := range m.skipCalls(firstCall(m.row.epoch)) {
			if _, err := tx.ExecContext(ctx, query); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO restore (epoch, as_of, known, begun_at) VALUES ($1, $2, $3, $4)`,
			m.row.epoch, m.row.asOf, m.row.known, m.row.begun)
		return err
	})
}

func (m *marking) lastCall() string {
	if m.db.embedded {
		return `SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'claim'), 0)`
	}
	return `SELECT COALESCE(max(id), 0) FROM claim`
}

// skipCalls has the next call's id be above one.
func (m *marking) skipCalls(to int64) []string {
	if m.db.embedded {
		return []string{
			`DELETE FROM sqlite_sequence WHERE name = 'claim'`,
			fmt.Sprintf(`INSERT INTO sqlite_sequence (name, seq) VALUES ('claim', %d)`, to),
		}
	}
	return []string{fmt.Sprintf(`SELECT setval(pg_get_serial_sequence('claim', 'id'), %d)`, to)}
}

// end says what was done, in the audit log and to admins, and lets others open the database.
func (m *marking) end(ctx context.Context, tx *sql.Tx) error {
	err := tx.QueryRowContext(ctx, `SELECT lines, stopped, started, erased FROM restore WHERE epoch = $1`, m.row.epoch).
		Scan(&m.done.Lines, &m.done.Stopped, &m.done.Started, &m.done.Erased)
	if err != nil {
		return err
	}
	if m.done.Broadcasts, err = scalars[string](tx.QueryContext(ctx, `SELECT id FROM broadcast WHERE status = 'paused' AND as_of IS NOT NULL ORDER BY num`)); err != nil {
		return err
	}
	if m.done.Series, err = m.seriesToConfirm(ctx, tx); err != nil {
		return err
	}
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM delivery WHERE state = 'in_doubt'`).Scan(&m.done.InDoubt); err != nil {
		return err
	}
	detail := fmt.Sprintf("数据库已恢复到%s的备份：%d条群发已暂停，%d个系列已停止，%d条投递待核实。请逐一核对后再继续；此后撤销的密钥、停用的账号重新有效，请重新撤销和停用",
		m.asOf().In(broadcast.Zone).Format("2006-01-02 15:04"), len(m.done.Broadcasts), len(m.done.Series), m.done.InDoubt)
	// Who signed out since, or was signed out, must not be signed in again.
	if _, err := endSessions(ctx, tx, time.UnixMilli(m.row.begun), `TRUE`); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, raiseAlarm, string(alarm.Restored), detail, m.row.begun); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE restore SET ended_at = $2 WHERE epoch = $1`, m.row.epoch, m.row.begun); err != nil {
		return err
	}
	return m.db.appendAudit(ctx, tx, m.act("database.restore", "", fmt.Sprintf("as_of=%s lines=%d broadcasts=%d series=%d in_doubt=%d",
		m.asOf().Format(time.RFC3339), m.done.Lines, len(m.done.Broadcasts), len(m.done.Series), m.done.InDoubt)))
}
