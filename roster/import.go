package roster

import (
	"context"
	"errors"

	"towncrier/audit"
	"towncrier/phone"
)

// What a caller can tell apart with errors.Is.
var (
	// ErrImportMoved says that another process writes the same import: this one must stop.
	ErrImportMoved = errors.New("这份文件正在导入：请等它结束，再查看结果")
	// ErrNoRoom says that the database's disk is full. Nothing is lost: the import goes on when there is room.
	ErrNoRoom = errors.New("数据库所在的磁盘已满，不能再写入：请联系系统管理员")
)

// ImportRow is one good row of a committee's file. Its number is valid, its committee exists, and no other row of the
// file has its number.
type ImportRow struct {
	Phone     phone.Number
	Committee string   // code
	Community string   // "" when the file does not say
	Tags      []string // sorted, without repeats; nil when the file has no such column, and then those on record stay
	Consent   Consent  // At is midnight in the city's zone, in UTC
}

// ImportSlice is the good rows From < row <= UpTo of a file. A row's place counts from 1, the heading's: bad rows count,
// and are not in Rows.
type ImportSlice struct {
	From, UpTo int
	Rows       *ImportRows
	Own        string // as in WholeSheet
}

// ImportCounts is what an import did to residents. A row is counted once in the first five, and besides in Stopped.
type ImportCounts struct {
	Added, Changed, Unchanged int
	Erased                    int // skipped: their owner asked to be deleted
	Held                      int // skipped: the one committee that imports could not add the number by hand either
	Stopped                   int // kept, but not texted: their owner stopped SMS
}

// Rows is how many rows were counted.
func (c ImportCounts) Rows() int { return c.Added + c.Changed + c.Unchanged + c.Erased + c.Held }

// Add sums counts.
func (c *ImportCounts) Add(d ImportCounts) {
	c.Added += d.Added
	c.Changed += d.Changed
	c.Unchanged += d.Unchanged
	c.Erased += d.Erased
	c.Held += d.Held
	c.Stopped += d.Stopped
}

// ImportState is how far an import came.
type ImportState struct {
	ID     string
	UpTo   int // the last row of the slices that are written; 0 for a new import
	Counts ImportCounts
}

// Importer writes imports. It belongs to a store.
//
// A row's resident is looked up by the hash of the number:
//
//   - Nobody has the number: a resident is added, with PhoneFrom and PlaceFrom set to FromImport.
//   - A resident has it: they get the row's committee, its community unless that is "", and its tags unless they are nil. A place that they
//     gave in chat stays. The row's consent is taken when it is newer than the recorded one with the same What. When none of this changes
//     anything, the resident stays as they are, UpdatedAt included.
//   - The number was erased: the row is skipped. A number that was only stopped is written like any other.
//
// A slice with Own is imported by that committee. Of its rows some are skipped and counted as held: those whose number belongs to a resident
// of another committee or of none, and those whose number nobody has but which is suppressed.
type Importer interface {
	// Committees are all that there are, by code.
	Committees(ctx context.Context) ([]Committee, error)

	// BeginImport opens the import of digest, or goes on with the one that was interrupted: then UpTo > 0 or Counts are
	// those so far, and nothing is audited again. The act is audited with a new import.
	BeginImport(ctx context.Context, digest [32]byte, act audit.Act) (ImportState, error)

	// WriteSlice seals and writes a slice, in many short transactions, so that nobody else waits long for the database.
	// The last of them moves the import's UpTo from s.From to s.UpTo; each adds to its counts what it did, and tells wrote
	// when that is safe. After an error the slice may be given again, by another process too: it goes on behind what is
	// written. An error is ErrImportMoved when the import is not at s.From, and wraps ErrNoRoom when the disk is full.
	WriteSlice(ctx context.Context, importID string, s ImportSlice, wrote func(ImportCounts)) error

	// CountHeld says how many of the rows WriteSlice would hold for the committee own.
	CountHeld(ctx context.Context, rows *ImportRows, own string) (int, error)
	// FinishImport closes the import and audits the act: the same digest begins a new import after that.
	FinishImport(ctx context.Context, importID string, act audit.Act) error
}
