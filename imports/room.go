package imports

import (
	"cmp"
	"syscall"
	"time"

	"towncrier/roster"
)

// How many imports are kept at once: of a person, and of all.
const maxOwn, maxAll = 3, 20

// The most bytes that pieces of an import take on disk.
const (
	maxFile    = 64 << 20 // as it was uploaded: the API takes no more
	maxFaults  = 32 << 20
	maxBadRows = 192 << 20
	maxImport  = maxFile + maxFaults + maxBadRows
)

// Limits bound what uploads take of a server. Where a field is zero, DefaultLimits holds.
type Limits struct {
	Own, All int64         // bytes on disk, of a person's imports and of all
	Free     int64         // bytes of the disk that are left to others
	Judging  time.Duration // of one file
}

// DefaultLimits are enough for imports of a million rows.
var DefaultLimits = Limits{Own: 1 << 30, All: 4 << 30, Free: 512 << 20, Judging: 10 * time.Minute}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits
	return Limits{cmp.Or(l.Own, d.Own), cmp.Or(l.All, d.All), cmp.Or(l.Free, d.Free), cmp.Or(l.Judging, d.Judging)}
}

// reserve makes room for another file of a person: of theirs the oldest that have ended go, then those that are only
// judged: whoever mends a file uploads it again and again. It is ErrBusy when there is no room, and
// roster.ErrNoRoom when the disk is nearly full.
func (s *Service) reserve(by string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		room, err := s.hasRoom(by)
		if err != nil {
			return err
		}
		if room {
			break
		}
		oldest := s.oldestIdle(by)
		if oldest == nil {
			return ErrBusy
		}
		delete(s.jobs, oldest.ID)
		if err := s.folder.remove(oldest.key); err != nil {
			return err
		}
	}
	if free, err := s.folder.free(); err != nil || free < s.limits.Free+maxImport {
		return cmp.Or(err, roster.ErrNoRoom)
	}
	s.receiving[by]++
	return nil
}

// hasRoom says whether one more file of a person is within the limits. One that is not judged yet counts as the most that it can take.
func (s *Service) hasRoom(by string) (bool, error) {
	sizes, err := s.folder.sizes()
	if err != nil {
		return false, err
	}
	own, all := s.receiving[by], 0
	for _, n := range s.receiving {
		all += n
	}
	ownBytes, allBytes := int64(own)*maxImport, int64(all)*maxImport
	for _, j := range s.jobs {
		if s.over(j) {
			continue
		}
		size := sizes[j.key]
		if j.State == Queued || j.State == Judging {
			size = maxImport
		}
		all++
		allBytes += size
		if j.By == by {
			own++
			ownBytes += size
		}
	}
	return own < maxOwn && all < maxAll && ownBytes+maxImport <= s.limits.Own && allBytes+maxImport <= s.limits.All, nil
}

// oldestIdle is the import of a person that they miss least: the oldest that has ended, or else the oldest that is only judged. nil when
// all are read, written or queued.
func (s *Service) oldestIdle(by string) (oldest *job) {
	for _, j := range s.jobs {
		if j.By == by && !j.State.active() && (oldest == nil || j.idleBefore(oldest)) {
			oldest = j
		}
	}
	return oldest
}

func (j *job) idleBefore(other *job) bool {
	if j.State.ended() != other.State.ended() {
		return j.State.ended()
	}
	return cmp.Or(j.EndedAt.Compare(other.EndedAt), j.At.Compare(other.At)) < 0
}

func (s *Service) release(by string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.receiving[by]--; s.receiving[by] == 0 {
		delete(s.receiving, by)
	}
}

// free is how many bytes of the disk are left.
func (f folder) free() (int64, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(f.path, &disk); err != nil {
		return 0, err
	}
	return int64(disk.Bavail) * int64(disk.Bsize), nil
}
