package imports

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"towncrier/audit"
	"towncrier/roster"
)

// Service keeps the imports of one server. Safe for concurrent use.
type Service struct {
	cfg    Config
	limits Limits
	folder folder
	wake   chan struct{}

	mu        sync.Mutex
	jobs      map[string]*job
	lastPlace int
	receiving map[string]int // uploads under way, by staff id
}

// job is an import, and what only its worker needs.
type job struct {
	Import
	key   string                  // names its pieces on disk, and binds them to it
	place int                     // in the queue
	stop  context.CancelCauseFunc // of what is under way; nil when nothing is
	index []int64                 // where each faultsApart-th fault is
	bad   badList
	again bool // an attempt to write it was interrupted, or failed

	mended    roster.RowSet // rows that were corrected
	finishing *finishing    // what is left to do when all rows are written
	gone      bool          // its faults and bad rows are removed
}

// Open takes a folder, removes what a killed process left there, and finds the imports that go on.
func Open(cfg Config) (*Service, error) {
	s := &Service{cfg: cfg, limits: cfg.Limits.withDefaults(), wake: make(chan struct{}, 1), jobs: map[string]*job{}, receiving: map[string]int{}}
	var err error
	if s.folder, err = takeFolder(cfg.Folder, cfg.Sealer); err != nil {
		return nil, err
	}
	for _, kept := range s.folder.records() {
		j := &job{Import: kept.Import, key: kept.Key, finishing: kept.Finishing, again: true}
		switch now := cfg.Now(); {
		case kept.State.started() && now.Before(kept.StartedAt.Add(Life)):
			j.State = Starting
			s.enqueue(j)
		case kept.State == Done && now.Before(kept.Ends()):
			j.Listed, j.gone = 0, true
			s.jobs[j.ID] = j
		}
	}
	byKey := map[string]*job{}
	for _, j := range s.jobs {
		byKey[j.key] = j
	}
	return s, s.folder.removeBut(func(key, piece string) bool {
		j := byKey[key]
		return j != nil && (piece == record || (piece == uploaded || piece == mended) && j.State.started())
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
	return s.view(j), nil
}

// List is a person's imports, the newest first; everybody's when by is "".
func (s *Service) List(by string) []Import {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Import
	for _, j := range s.jobs {
		if (j.By == by || by == "") && !s.over(j) {
			all = append(all, s.view(j))
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
	if s.jobs[id] != j || j.State.active() {
		return Import{}, stateError("同一文件刚才又上传了一次：请等检查完")
	}
	started := *j
	started.State, started.All, started.Problem = Starting, all, ""
	started.EndedAt = time.Time{}
	if started.StartedAt.IsZero() {
		started.StartedAt = s.cfg.Now()
	}
	started.again = j.State == Failed
	if err := s.folder.writeRecord(&started); err != nil {
		return Import{}, err
	}
	*j = started
	s.enqueue(j)
	return s.view(j), nil
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
	case j.State != Judged && !(j.State == Failed && j.Rows > 0 && s.folder.has(j.key, uploaded)):
		return nil, stateError("现在不能开始导入：这个文件" + j.State.Label())
	case j.Good() == 0:
		return nil, stateError("没有可以导入的行")
	case all && j.Bad > 0:
		return nil, stateError("有问题的行还没有改正：请改正后重新上传，或者只导入没有问题的行")
	}
	return j, nil
}

// Remove forgets an import: one of by's, or anybody's when by is "". One that is under way stops; what it has written stays.
func (s *Service) Remove(ctx context.Context, actor audit.Actor, by, id string) error {
	s.mu.Lock()
	j, err := s.find(by, id)
	if err != nil {
		s.mu.Unlock()
		return err
	}
	act := audit.Act{Actor: actor, Action: "import.delete", Subject: id, At: s.cfg.Now(),
		Detail: fmt.Sprintf("kind=%s state=%s written=%d of=%s", j.Kind, j.State, j.Written, j.By)}
	s.mu.Unlock()
	if err := s.cfg.Audit.Record(ctx, act); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.jobs[id] != j {
		return ErrNoImport
	}
	if err := s.folder.remove(j.key); err != nil { // before anybody hears of it, also while it is under way: it would go on at the next start
		return err
	}
	delete(s.jobs, id)
	if j.stop != nil {
		j.stop(errRemoved) // its worker removes what it wrote meanwhile
	}
	return nil
}

// find is a person's import, or anybody's when by is "". It is called with mu held.
func (s *Service) find(by, id string) (*job, error) {
	j := s.jobs[id]
	if j == nil || by != "" && j.By != by || s.over(j) {
		return nil, ErrNoImport
	}
	return j, nil
}

// over says that the life of an import has ended.
func (s *Service) over(j *job) bool { return !j.State.active() && !s.cfg.Now().Before(j.Ends()) }

// view is an import with how many are before it.
func (s *Service) view(j *job) Import {
	v := j.Import
	if j.State == Queued || j.State == Starting {
		for _, other := range s.jobs {
			if other.State.active() && (other.stop != nil || other.place < j.place) {
				v.Ahead++
			}
		}
	}
	return v
}

// enqueue puts an import at the end of the queue.
func (s *Service) enqueue(j *job) {
	s.lastPlace++
	j.place = s.lastPlace
	s.jobs[j.ID] = j
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// change changes an import that is under way.
func (s *Service) change(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

// stateError is ErrState with a reason.
type stateError string

func (e stateError) Error() string        { return string(e) }
func (e stateError) Is(target error) bool { return target == ErrState }
