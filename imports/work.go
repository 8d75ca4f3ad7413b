package imports

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"time"

	"towncrier/audit"
	"towncrier/roster"
	"towncrier/seal"
)

// sweepEvery is how often it is looked for imports whose life has ended.
const sweepEvery = time.Minute

// Run judges and imports what waits, one at a time, until ctx ends. What is under way then goes on at the next Open.
func (s *Service) Run(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		s.Sweep(ctx)
		if j, inner := s.next(ctx); j != nil {
			s.work(inner, j)
			continue
		}
		select {
		case <-s.wake:
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// Sweep removes what is left of imports whose life has ended.
func (s *Service) Sweep(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, j := range s.jobs {
		if !s.over(j) {
			continue
		}
		delete(s.jobs, id)
		if err := s.folder.remove(id); err != nil {
			s.cfg.Log.ErrorContext(ctx, "an import's files stay", "import", id, "err", err)
		}
	}
}

// next takes the import that has waited for longest, nil when none waits.
func (s *Service) next(ctx context.Context) (first *job, inner context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, j := range s.jobs {
		if (j.State == Queued || j.State == Starting) && (first == nil || j.turn < first.turn) {
			first = j
		}
	}
	if first == nil || ctx.Err() != nil {
		return nil, nil
	}
	inner, first.stop = context.WithCancel(audit.WithOrigin(ctx, &first.Origin))
	if first.State == Queued {
		first.State = Judging
	} else {
		first.State = Importing
	}
	return first, inner
}

// work does what an import waits for.
func (s *Service) work(ctx context.Context, j *job) {
	defer debug.FreeOSMemory() // a file takes much, and the next comes much later
	importing := j.State == Importing
	err := s.guarded(func() error {
		if importing {
			return s.write(ctx, j)
		}
		return s.judge(ctx, j, nil)
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	interrupted := ctx.Err() != nil
	j.stop()
	j.stop = nil
	switch {
	case j.gone:
		err = s.folder.remove(j.ID)
	case interrupted: // the server stops: the record says what goes on
		return
	case err == nil && importing:
		j.State = Done
		err = errors.Join(s.folder.remove(j.ID, filePart), s.folder.writeRecord(j.Import))
	case err == nil:
		j.State = Judged
	default:
		j.State, j.Problem = Failed, s.explain(ctx, j, err)
		err = s.folder.remove(j.ID, recordPart)
	}
	s.cfg.Log.InfoContext(ctx, "import", "import", j.ID, "staff", j.By, "kind", string(j.Kind), "state", string(j.State), "rows", j.Rows, "bad", j.Bad, "written", j.Written)
	if err != nil {
		s.cfg.Log.ErrorContext(ctx, "an import's files", "import", j.ID, "err", err)
	}
}

// guarded turns a panic into an error: a file that nobody thought of must not end the server.
func (s *Service) guarded(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.cfg.Log.Error("import panicked", "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %T", p)
		}
	}()
	return do()
}

// unreadable is an error in Chinese about the whole file.
type unreadable struct{ error }

func (e unreadable) Unwrap() error { return e.error }

// explain says in Chinese why an import failed. What is not about the file is logged.
func (s *Service) explain(ctx context.Context, j *job, err error) string {
	again := ""
	if j.State == Importing {
		again = fmt.Sprintf("已写入%d行，再次导入同一文件会从这里继续", j.Written)
	}
	_, ofDisk := errors.AsType[*fs.PathError](err)
	if e, ok := errors.AsType[unreadable](err); ok && !ofDisk && !errors.Is(err, seal.ErrSealed) {
		return e.Error()
	}
	switch {
	case errors.Is(err, roster.ErrNoRoom):
		return "服务器的磁盘已满：请联系管理员腾出空间。" + again
	case errors.Is(err, roster.ErrImportMoved):
		return "同一文件正在另一台服务器上导入：请等它完成"
	case errors.Is(err, roster.ErrChangedTable), errors.Is(err, roster.ErrNoCommittee):
		return "检查之后居委会的登记有变动：请重新上传同一文件。" + again
	}
	s.cfg.Log.ErrorContext(ctx, "import failed", "import", j.ID, "state", string(j.State), "err", err)
	return "服务器出错，请稍后重新上传同一文件。" + again
}

// judge reads a file whole, and notes what is wrong with it. use, when not nil, gets the table and the plan before the table is closed.
func (s *Service) judge(ctx context.Context, j *job, use func(roster.Table, *roster.Plan) error) error {
	table, err := s.open(ctx, j)
	if err != nil {
		return err
	}
	defer table.close()
	committees, err := s.cfg.Roster.Committees(ctx)
	if err != nil {
		return err
	}
	faults, err := s.newFaults()
	if err != nil {
		return err
	}
	defer faults.discard()
	if j.Kind == Committees {
		return s.judgeCommittees(ctx, j, table, committees, faults)
	}
	plan, err := roster.PlanImport(ctx, table, committees, j.Whole, s.cfg.Now(), faults.add)
	if err != nil {
		return unreadable{err}
	}
	found := Judgement{
		Format: table.Format(), Notes: table.Notes, Rows: plan.Residents, Bad: plan.Bad, Kinds: plan.Kinds, Repeated: plan.Repeated(),
		Unknown: plan.Unknown, Places: plan.Places, PlacesMore: plan.PlacesMore,
	}
	// Before anything of it can be seen or started: who starts a file has paid for what it would hold.
	if found.held, err = plan.Held(ctx, s.cfg.Importer); err != nil {
		return err
	}
	if err := s.keepFaults(j, found, faults); err != nil {
		return err
	}
	if plan.Bad > 0 {
		if err := s.writeBad(j.ID, plan); err != nil {
			return err
		}
	}
	if use != nil {
		return use(table, plan)
	}
	return nil
}

// keepFaults ends the list of faults, and notes what a file holds.
func (s *Service) keepFaults(j *job, found Judgement, faults *faultList) error {
	if err := faults.keepAs(j.ID, faultsPart); err != nil {
		return err
	}
	found.Faults, found.Listed = faults.all, faults.listed
	s.change(func() { j.Judgement, j.index = found, faults.index })
	return faults.err
}

// write imports what was judged. It is judged anew: somebody may have changed the committees since, or the process is another.
func (s *Service) write(ctx context.Context, j *job) error {
	if j.Kind == Committees {
		return s.writeCommittees(ctx, j)
	}
	return s.judge(ctx, j, func(_ roster.Table, plan *roster.Plan) error {
		if j.All && plan.Bad > 0 {
			return roster.ErrChangedTable
		}
		_, err := plan.Run(ctx, s.cfg.Importer, audit.Staff(j.By), s.cfg.Now, func(state roster.ImportState) {
			s.change(func() { j.Resumed, j.Written, j.Counts = state.Counts.Rows(), state.Counts.Rows(), state.Counts })
		}, func(counts roster.ImportCounts) {
			s.change(func() { j.Written, j.Counts = counts.Rows(), counts })
		})
		return err
	})
}

// change changes an import that is under way.
func (s *Service) change(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}
