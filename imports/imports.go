// Package imports takes files of residents and of committees from the people who keep them: it judges a file, says what is wrong with it by
// row and column, and writes what is good, in the background.
//
//	queued ── judging ──> judged ── start ──> starting ── importing ──> done
//	             └──> failed                                  └──> failed ── start, the same file again ──> it goes on
//
// A file and all that is written of it is sealed, in a folder of this server's own. It is gone after Life, and what is imported of it when
// that has ended; what a process left that was killed goes at the next start, but for an import that was started: that goes on. One file at a time is
// read or written; others wait. An import lives on the server that took it.
package imports

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"towncrier/audit"
	"towncrier/problem"
	"towncrier/roster"
	"towncrier/seal"
)

const (
	// Life is how long a file is kept, and what became of it known.
	Life = 30 * time.Minute
	// maxRows is how many rows a file may have; some more hold titles.
	maxRows, titleRows = 1_000_000, 10
	// How many files are kept at once: of a person, and of all. Each takes up to three times 64 MiB of disk.
	maxOwn, maxAll = 3, 20
)

// What a caller can tell apart with errors.Is.
var (
	ErrNoImport = problem.NotFound("没有这个导入")
	// ErrState says that an import is not where it could do what was asked. It is wrapped with a reason in Chinese.
	ErrState = errors.New("the import is in another state")
	ErrBusy  = fmt.Errorf("还有文件没有处理完（每人最多%d个，一台服务器最多%d个）：请先完成或删除，再上传", maxOwn, maxAll)
)

// Kind is what a file holds.
type Kind string

const (
	Residents  Kind = "residents"
	Committees Kind = "committees"
)

// Label is a kind in Chinese.
func (k Kind) Label() string { return map[Kind]string{Residents: "居民", Committees: "居委会"}[k] }

// State is where an import is.
type State string

const (
	Queued    State = "queued"
	Judging   State = "judging"
	Judged    State = "judged"
	Starting  State = "starting" // started, and waiting for others
	Importing State = "importing"
	Done      State = "done"
	Failed    State = "failed"
)

// waits says that it is, or will be, read or written.
func (s State) waits() bool { return s == Queued || s == Judging || s.started() }

// started says that it goes on after the process was killed.
func (s State) started() bool { return s == Starting || s == Importing }

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
	At    time.Time // when it was uploaded
	State State
	Ahead int // how many are before it, while it waits

	Judgement
	Read int // rows so far, while it is judged

	All     bool // all rows were wanted; else the good ones
	Resumed int  // rows that an interrupted import had written
	Written int
	Counts  roster.ImportCounts
	Problem string // in Chinese: why it failed
}

// Ends is when nothing of it is left.
func (i Import) Ends() time.Time { return i.At.Add(Life) }

// Judgement is what a file turned out to hold.
type Judgement struct {
	Format   string   // "CSV，UTF-8，逗号分隔"
	Notes    []string // what of the file is not read
	Rows     int      // that hold something, below the heading; of committees, how many there are
	Bad      int      // of these
	Faults   int
	Kinds    map[string]int // faults by kind
	Listed   int            // faults that are kept one by one
	Repeated int            // rows with the number of another
	Unknown  []string       // headings that mean nothing
	Places   []roster.UnknownPlace
	// PlacesMore are rows with such places that are not listed.
	PlacesMore int
	Planned    roster.ImportCounts // of committees: what an import would do

	held int // numbers that it would hold; nobody is told before it starts
}

// Good is how many can be imported.
func (j Judgement) Good() int { return j.Rows - j.Bad }

// Config is what a Service stands on. All is required.
type Config struct {
	Folder   string // for what is sealed; it may be shared with other servers
	Sealer   *seal.Sealer
	Roster   *roster.Roster
	Importer roster.Importer
	Audit    interface {
		Record(ctx context.Context, act audit.Act) error
	}
	Log *slog.Logger
	Now func() time.Time
}

// Service keeps the imports of one server. Safe for concurrent use.
type Service struct {
	cfg    Config
	folder folder
	wake   chan struct{}

	mu        sync.Mutex
	jobs      map[string]*job
	turns     int
	receiving map[string]int // uploads under way, by staff id
}

// job is an import with what only its worker needs.
type job struct {
	Import
	turn  int                // order among those that wait
	stop  context.CancelFunc // of what is under way; nil when nothing is
	index []int64            // where each faultsApart-th fault is
	gone  bool               // its owner removed it while it was under way
}

// Open takes a folder, removes what a killed process left there, and finds the imports that go on.
func Open(cfg Config) (*Service, error) {
	s := &Service{cfg: cfg, wake: make(chan struct{}, 1), jobs: map[string]*job{}, receiving: map[string]int{}}
	var err error
	if s.folder, err = takeFolder(cfg.Folder, cfg.Sealer); err != nil {
		return nil, err
	}
	for _, kept := range s.folder.records() {
		if cfg.Now().Before(kept.Ends()) && kept.State.started() {
			kept.State = Starting
			s.queue(&job{Import: kept})
		} else if cfg.Now().Before(kept.Ends()) && kept.State == Done {
			kept.Listed = 0
			s.jobs[kept.ID] = &job{Import: kept}
		}
	}
	return s, s.folder.removeBut(func(id, part string) bool {
		j := s.jobs[id]
		return j != nil && (part == recordPart || part == filePart && j.State.started())
	})
}

// Close gives the folder free. Nothing may be under way.
func (s *Service) Close() error { return s.folder.close() }

// Find is one of a person's imports, or ErrNoImport.
func (s *Service) Find(by, id string) (Import, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j, err := s.find(by, id)
	if err != nil {
		return Import{}, err
	}
	return s.shown(j), nil
}

// List is a person's imports, the newest first.
func (s *Service) List(by string) []Import {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Import
	for _, j := range s.jobs {
		if j.By == by && !s.over(j) {
			all = append(all, s.shown(j))
		}
	}
	slices.SortFunc(all, func(a, b Import) int { return b.At.Compare(a.At) })
	return all
}

// Start imports what was judged: all rows, or the good ones when there are bad ones. allow is asked before, with how many numbers would be held.
func (s *Service) Start(by, id string, all bool, allow func(held int) error) (Import, error) {
	j, err := s.startable(by, id, all)
	if err != nil {
		return Import{}, err
	}
	if j == nil { // it was asked before
		return s.Find(by, id)
	}
	if err := allow(j.held); err != nil {
		return Import{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.jobs[id] != j || j.State.waits() {
		return Import{}, stateError("同一文件刚才又上传了一次：请等检查完")
	}
	started := j.Import
	started.State, started.All, started.Problem, started.At = Starting, all, "", s.cfg.Now()
	if err := s.folder.writeRecord(started); err != nil {
		return Import{}, err
	}
	j.Import = started
	s.queue(j)
	return s.shown(j), nil
}

// startable is the import that may start now; nil when it has.
func (s *Service) startable(by, id string, all bool) (*job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j, err := s.find(by, id)
	switch {
	case err != nil:
		return nil, err
	case j.State.started(), j.State == Done && j.All == all:
		return nil, nil
	case j.State != Judged && !(j.State == Failed && j.Rows > 0 && s.folder.has(id, filePart)):
		return nil, stateError("现在不能开始导入：这个文件" + j.State.Label())
	case j.Good() == 0:
		return nil, stateError("没有可以导入的行")
	case all && j.Bad > 0:
		return nil, stateError("有问题的行还没有改正：请改正后重新上传，或者只导入没有问题的行")
	}
	return j, nil
}

// Remove forgets an import. One that is under way stops; what it has written stays.
func (s *Service) Remove(by, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	j, err := s.find(by, id)
	if err != nil {
		return err
	}
	delete(s.jobs, id)
	j.gone = true
	if j.stop != nil {
		j.stop() // its worker removes the files
		return nil
	}
	return s.folder.remove(id)
}

// find is a person's import; whoever holds mu calls it.
func (s *Service) find(by, id string) (*job, error) {
	j := s.jobs[id]
	if j == nil || j.By != by || s.over(j) {
		return nil, ErrNoImport
	}
	return j, nil
}

// over says that the life of an import has ended.
func (s *Service) over(j *job) bool { return !j.State.waits() && !s.cfg.Now().Before(j.Ends()) }

// shown is an import with how many are before it.
func (s *Service) shown(j *job) Import {
	shown := j.Import
	if j.State == Queued || j.State == Starting {
		for _, other := range s.jobs {
			if other.State.waits() && (other.stop != nil || other.turn < j.turn) {
				shown.Ahead++
			}
		}
	}
	return shown
}

// queue puts an import behind those that wait.
func (s *Service) queue(j *job) {
	s.turns++
	j.turn = s.turns
	s.jobs[j.ID] = j
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// stateError is ErrState with a reason.
type stateError string

func (e stateError) Error() string        { return string(e) }
func (e stateError) Is(target error) bool { return target == ErrState }

// Label is a state in Chinese.
func (s State) Label() string {
	return map[State]string{Queued: "在排队等待检查", Judging: "正在检查", Judged: "已检查", Starting: "在排队等待导入", Importing: "正在导入", Done: "已导入", Failed: "没有完成"}[s]
}
