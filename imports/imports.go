// Package imports takes files of residents and of committees from the people who keep them: it judges a file, says what is wrong with it by
// row and column, and writes what is good, in the background. One file at a time is read or written; the others are queued.
//
//	State      Meaning                           On disk                   What comes next
//	queued     uploaded                          file                      judging
//	judging    read whole, nothing is written    file                      judged; failed when it cannot be read, or takes too long
//	judged     what is wrong with it is known    file, faults, bad rows    starting, when its owner starts it with all rows or the good ones;
//	                                                                       queued, when they correct cells of bad rows here
//	starting   queued to be written              the same, and the record  importing
//	importing  its rows are written              the same, and the record  done; failed; starting, when the server stops or is killed
//	done       written                           faults, bad rows, record  -
//	failed     ended early; Problem says why     file, faults, bad rows    starting, when it had been judged: it goes on behind what is written
//
// What is corrected is a piece of its own beside the file, for as long as that is there.
//
// An import lives on the server that took it. Each piece on disk is sealed and bound to its import, in a folder of this server's own. All of them
// are gone when Life has passed since the upload or the last correction, but while rows are written; what came of an import is told for some minutes after its end.
// Of a process that was killed only what was started is left at the next start, and goes on.
//
// While the database is away what is judged is queued again, and what is imported starts again where it was, until Life has passed. Rows are
// written only as long as the bad ones are those that were judged: when committees changed meanwhile the import fails, and the file is judged anew.
//
// Whoever uploaded a file must be allowed to as long as it is worked at. A person may keep three imports, and so many bytes; for another one
// the oldest that has ended is removed, or else the oldest that is only judged.
package imports

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"towncrier/audit"
	"towncrier/problem"
	"towncrier/roster"
	"towncrier/seal"
)

const (
	// Life is how long a file is kept after it was uploaded, or corrected the last time.
	Life = 30 * time.Minute
	// told is how long the end of an import is known at least.
	told = 5 * time.Minute
)

// What a caller can tell apart with errors.Is.
var (
	ErrNoImport = problem.NotFound("没有这个导入：请核对编号，三十分钟内没有开始的导入已经删除")
	// ErrState says that an import is not where it could do what was asked. It is wrapped with a reason in Chinese.
	ErrState = errors.New("the import is in another state")
	ErrBusy  = fmt.Errorf("还有文件没有处理完（每人最多%d个，一台服务器最多%d个，占用的磁盘空间也有上限）：请先完成或删除，再上传", maxOwn, maxAll)
)

// Kind is what a file holds.
type Kind string

const (
	Residents  Kind = "residents"
	Committees Kind = "committees"
)

// Label is a kind in Chinese.
func (k Kind) Label() string { return map[Kind]string{Residents: "居民", Committees: "居委会"}[k] }

// State is where an import is, as the package comment says.
type State string

const (
	Queued    State = "queued"
	Judging   State = "judging"
	Judged    State = "judged"
	Starting  State = "starting"
	Importing State = "importing"
	Done      State = "done"
	Failed    State = "failed"
)

// active says that it is, or will be, read or written.
func (s State) active() bool { return s == Queued || s == Judging || s.started() }

// started says that it goes on after the process was killed.
func (s State) started() bool { return s == Starting || s == Importing }

// ended says that nothing more happens by itself, and nobody is awaited.
func (s State) ended() bool { return s == Done || s == Failed }

// Label is a state in Chinese.
func (s State) Label() string {
	return map[State]string{Queued: "在排队等待检查", Judging: "正在检查", Judged: "已检查", Starting: "在排队等待导入", Importing: "正在导入", Done: "已导入", Failed: "没有完成"}[s]
}

// Upload is what is said about a file with it.
type Upload struct {
	Kind   Kind
	Name   string // of the file, as its owner knows it
	By     string // staff id
	Origin audit.Origin
	Whole  roster.WholeSheet // of residents; with Own, the file is of that committee's
}

// Import is a file and what became of it.
type Import struct {
	ID string
	Upload
	At        time.Time // when it was uploaded
	StartedAt time.Time // when it was started first
	EndedAt   time.Time // when it was done, or failed; zero before
	State     State
	Ahead     int // how many are before it in the queue

	Judgement
	Read int // rows so far, while it is judged

	Mended   int       // cells and rows that were corrected
	MendedAt time.Time // the last time

	All     bool // all rows were wanted; else the good ones
	Resumed int  // rows that an interrupted import had written
	Written int  // rows so far
	Counts  roster.ImportCounts
	Problem string // in Chinese: why it failed
}

// fileEnds is when the file and what was written of it are removed.
func (i Import) fileEnds() time.Time {
	if i.MendedAt.After(i.At) {
		return i.MendedAt.Add(Life)
	}
	return i.At.Add(Life)
}

// Ends is when nothing of it is left.
func (i Import) Ends() time.Time {
	if end := i.EndedAt.Add(told); end.After(i.fileEnds()) {
		return end
	}
	return i.fileEnds()
}

// Judgement is what a file turned out to hold.
type Judgement struct {
	Format   string   // "CSV，UTF-8，逗号分隔"
	Notes    []string // what of the file is not read
	Rows     int      // that hold something, below the heading
	Bad      int      // of these
	Left     string   // digest of which these are
	Faults   int
	Kinds    map[string]int // faults by kind
	Listed   int            // faults that are kept one by one
	Repeated int            // rows with the number of another
	Headings []string       // by column
	Unknown  []string       // headings that mean nothing
	Places   []roster.UnknownPlace
	// PlacesMore are rows with such places that are not listed.
	PlacesMore int
	Planned    roster.ImportCounts // of committees: what an import would do

	held int // numbers that it would hold; nobody is told before it starts
}

// Good is how many rows can be imported.
func (j Judgement) Good() int { return j.Rows - j.Bad }

// Config is what a Service stands on. All is required but Limits.
type Config struct {
	Folder   string // for what is sealed; it may be shared with other servers
	Sealer   *seal.Sealer
	Roster   *roster.Roster
	Importer roster.Importer
	// May says whether the person who uploaded a file may still import it.
	May func(ctx context.Context, u Upload) (bool, error)
	// Away says whether an error means that the database does not answer: it is waited for then.
	Away  func(err error) bool
	Audit interface {
		Record(ctx context.Context, act audit.Act) error
	}
	Log    *slog.Logger
	Now    func() time.Time
	Limits Limits
}
