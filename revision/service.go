package revision

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/problem"
)

// What a caller can tell apart with errors.Is.
var (
	ErrNoDraft    = problem.NotFound("没有这份稿件：请核对编号")
	ErrNoRevision = problem.NotFound("没有这个版本：请核对版本号")
	// ErrOwn says that who wrote a draft may not publish it, and who withdrew a notice may not bring it back.
	ErrOwn = errors.New("这是您自己写的：须由另一位同事审批")
	// ErrHash says that what was looked at is not what would be published.
	ErrHash = errors.New("稿件在您查看之后改动过：请重新查看后再审批")
	// ErrMoved is a Store's: another revision came in between.
	ErrMoved = errors.New("内容刚刚发布了新版本：请再试一次")
	// ErrEmpty says that a draft changes nothing.
	ErrEmpty = errors.New("稿件没有改动任何文件：请先修改再送审")
)

// StaleError says that the folder that a draft is based on is no longer in force.
type StaleError struct{ Now int }

func (e *StaleError) Error() string {
	return fmt.Sprintf("稿件是在旧内容上写的，现在生效的是第%d版：请先并入新版本，再送审", e.Now)
}

// StatusError says that a draft does not stand where an act needs it.
type StatusError struct{ Status Status }

func (e *StatusError) Error() string {
	return "稿件现在是“" + e.Status.Label() + "”，不能这样做"
}

// ConflictError says that somebody else changed a file since it was looked at. Neither text is lost.
type ConflictError struct {
	Path          string
	Yours, Theirs []byte // nil where the file is removed
}

func (e *ConflictError) Error() string {
	return e.Path + "：在您查看之后被别人改过，请对照两份文字后再保存"
}

// MergeError names the files that a draft and the revisions since its base both changed.
type MergeError struct{ Paths []string }

func (e *MergeError) Error() string {
	return "这些文件在新版本里也改过，请逐个对照后再并入：" + strings.Join(e.Paths, "、")
}

// FaultsError is what is wrong with the folder that a draft leads to.
type FaultsError struct{ Problems problem.List }

func (e *FaultsError) Error() string {
	return "内容有错，不能送审：\n" + e.Problems.OnlyFaults().Error()
}

// WorseError names the known questions that a draft answers worse and that its author did not accept by name.
type WorseError struct{ Questions []string }

func (e *WorseError) Error() string {
	return "这些已知问题的答复变差了，请修改，或者逐条接受：" + strings.Join(e.Questions, "、")
}

// Config is what a Service stands on.
type Config struct {
	Store Store
	// Base is the folder in force while there is no revision.
	Base func() (Folder, error)
	// Judge says what is wrong with a city's folder.
	Judge func(fs.FS) problem.List
	// Worse names the known questions that after answers worse than before; nil knows none.
	Worse func(ctx context.Context, before, after Folder) ([]string, error)
	Now   func() time.Time
}

// Service is the life of drafts and revisions, as officials direct it; the caller has checked their rights. Every change is audited with it.
// Safe for concurrent use.
type Service struct{ Config }

// NewService makes a Service.
func NewService(c Config) *Service { return &Service{c} }

// Head is the revision in force and its folder. Number is 0, and nothing else of it set but Folder, while there is none.
func (s *Service) Head(ctx context.Context) (Revision, Folder, error) {
	head, err := s.Store.Head(ctx)
	if err != nil {
		return Revision{}, nil, fmt.Errorf("read the revision in force: %w", err)
	}
	if head.Number == 0 {
		f, err := s.Base()
		if err != nil {
			return Revision{}, nil, err
		}
		return Revision{Folder: f.Digest()}, f, nil
	}
	f, err := s.Store.Folder(ctx, head.Folder)
	if err != nil {
		return Revision{}, nil, fmt.Errorf("read the folder in force: %w", err)
	}
	return head, f, nil
}

// Newest is the number of the revision in force, 0 while there is none.
func (s *Service) Newest(ctx context.Context) (int, error) {
	head, err := s.Store.Head(ctx)
	return head.Number, err
}

// Published says whether some revision has a folder of this digest.
func (s *Service) Published(ctx context.Context, folder Digest) (bool, error) {
	const page = 200
	for before := 0; ; {
		all, err := s.Store.Revisions(ctx, before, page)
		if err != nil || len(all) == 0 {
			return false, err
		}
		if slices.ContainsFunc(all, func(r Revision) bool { return r.Folder == folder }) {
			return true, nil
		}
		if before = all[len(all)-1].Number; before == 1 {
			return false, nil
		}
	}
}

// Folder is the folder of a revision.
func (s *Service) Folder(ctx context.Context, number int) (fs.FS, error) {
	r, err := s.Store.Revision(ctx, number)
	if err != nil {
		return nil, err
	}
	f, err := s.Store.Folder(ctx, r.Folder)
	if err != nil {
		return nil, err
	}
	return f.FS(), nil
}

// Draft begins a draft on what is in force.
func (s *Service) Draft(ctx context.Context, by, title string) (Draft, error) {
	_, base, err := s.Head(ctx)
	if err != nil {
		return Draft{}, err
	}
	return s.begin(ctx, by, Draft{Title: title}, base)
}

// Import begins a draft that makes next of what is in force.
func (s *Service) Import(ctx context.Context, by, title string, next Folder) (Draft, error) {
	_, base, err := s.Head(ctx)
	if err != nil {
		return Draft{}, err
	}
	if err := next.size(); err != nil {
		return Draft{}, &problem.Invalid{Field: "files", Reason: err.Error()}
	}
	return s.begin(ctx, by, Draft{Title: title, Changes: base.Changes(next)}, base)
}

// RollBack begins a draft that returns to an older revision. A notice that was withdrawn since stays withdrawn unless reinstate names it.
func (s *Service) RollBack(ctx context.Context, by string, number int, reinstate []string) (Draft, error) {
	old, err := s.Store.Revision(ctx, number)
	if err != nil {
		return Draft{}, err
	}
	target, err := s.Store.Folder(ctx, old.Folder)
	if err != nil {
		return Draft{}, fmt.Errorf("read the folder of revision %d: %w", number, err)
	}
	_, base, err := s.Head(ctx)
	if err != nil {
		return Draft{}, err
	}
	d := Draft{Title: fmt.Sprintf("退回第%d版", number), Back: number, Changes: base.Changes(target), Reinstate: reinstate}
	return s.begin(ctx, by, d, base)
}

const maxTitle = 60

func (s *Service) begin(ctx context.Context, by string, d Draft, base Folder) (Draft, error) {
	if d.Title = strings.TrimSpace(d.Title); d.Title == "" || len([]rune(d.Title)) > maxTitle {
		return Draft{}, &problem.Invalid{Field: "title", Reason: fmt.Sprintf("请写1到%d个字的标题，让同事知道改了什么", maxTitle)}
	}
	for _, c := range d.Changes {
		if err := CheckPath(c.Path); err != nil {
			return Draft{}, &problem.Invalid{Field: "files", Reason: err.Error()}
		}
	}
	d.Status, d.Author, d.Editors, d.Version = Open, by, []string{by}, 1
	d.Base = base.Digest()
	d.CreatedAt = s.Now()
	d.ChangedAt = d.CreatedAt
	made, err := s.Store.AddDraft(ctx, d, base, s.act(by, "content.draft", ""))
	if err != nil {
		return Draft{}, fmt.Errorf("keep a draft: %w", err)
	}
	return made, nil
}

// act is an act on a draft or a revision; a Store sets a Subject that is not known before.
func (s *Service) act(by, action, subject string) audit.Act {
	return audit.Act{Actor: audit.Staff(by), Action: action, Subject: subject, At: s.Now()}
}

// Put makes text what the draft has of a file. was is the digest of the text that the author looked at, "" for none: ConflictError when
// it is another by now.
func (s *Service) Put(ctx context.Context, by, id, path string, text []byte, was Digest) (Draft, error) {
	if len(text) > MaxFile {
		return Draft{}, &problem.Invalid{Field: "text", Reason: "超过1 MiB：请拆成几个文件"}
	}
	return s.change(ctx, by, id, Change{Path: path, Text: text}, was)
}

// Add puts files into a draft that it does not have, all of them or none. One that it has with the same text stays.
func (s *Service) Add(ctx context.Context, by, id string, files Folder) (Draft, error) {
	return s.edit(ctx, by, id, "content.change", func(d *Draft, base Folder) error {
		there := base.With(d.Changes)
		for _, path := range files.Paths() {
			if err := CheckPath(path); err != nil {
				return &problem.Invalid{Field: "path", Reason: err.Error()}
			}
			if theirs, taken := there[path]; taken && !bytes.Equal(theirs, files[path]) {
				return &ConflictError{Path: path, Yours: files[path], Theirs: theirs}
			}
			d.set(Change{Path: path, Text: files[path]}, base)
		}
		return base.With(d.Changes).size()
	})
}

// Remove takes a file away, as Put changes one.
func (s *Service) Remove(ctx context.Context, by, id, path string, was Digest) (Draft, error) {
	return s.change(ctx, by, id, Change{Path: path, Removed: true}, was)
}

func (s *Service) change(ctx context.Context, by, id string, c Change, was Digest) (Draft, error) {
	if err := CheckPath(c.Path); err != nil {
		return Draft{}, &problem.Invalid{Field: "path", Reason: err.Error()}
	}
	return s.edit(ctx, by, id, "content.change", func(d *Draft, base Folder) error {
		theirs := base.With(d.Changes)
		present, there := theirs[c.Path]
		now := Digest("")
		if there {
			now = DigestOf(present)
		}
		if now != was && !(there && !c.Removed && bytes.Equal(present, c.Text)) {
			return &ConflictError{Path: c.Path, Yours: c.Text, Theirs: present}
		}
		d.set(c, base)
		return base.With(d.Changes).size()
	})
}

// DraftOn is a draft and the folder that it is based on.
func (s *Service) DraftOn(ctx context.Context, id string) (Draft, Folder, error) {
	d, err := s.Store.Draft(ctx, id)
	if err != nil {
		return Draft{}, nil, err
	}
	base, err := s.Store.Folder(ctx, d.Base)
	if err != nil {
		return Draft{}, nil, fmt.Errorf("read what a draft is based on: %w", err)
	}
	return d, base, nil
}

// edit changes a draft, which is open again and whose editor may not publish it.
func (s *Service) edit(ctx context.Context, by, id, action string, do func(d *Draft, base Folder) error) (Draft, error) {
	seen, base, err := s.DraftOn(ctx, id)
	if err != nil {
		return Draft{}, err
	}
	return s.step(ctx, by, id, action, []Status{Open, Submitted}, func(d *Draft) error {
		if d.Base != seen.Base {
			return ErrMoved
		}
		if err := do(d, base); err != nil {
			return err
		}
		d.Status, d.Hash, d.Accepted = Open, nil, nil
		if !slices.Contains(d.Editors, by) {
			d.Editors = append(slices.Clone(d.Editors), by)
		}
		return nil
	})
}

func (s *Service) step(ctx context.Context, by, id, action string, from []Status, do func(d *Draft) error) (Draft, error) {
	d, err := s.Store.ChangeDraft(ctx, id, s.act(by, action, id), func(d *Draft) error {
		if !slices.Contains(from, d.Status) {
			return &StatusError{d.Status}
		}
		d.ChangedAt = s.Now()
		return do(d)
	})
	if err != nil {
		return Draft{}, fmt.Errorf("%s: %w", action, err)
	}
	return d, nil
}

// Rebase puts the draft on what is in force. Files that only one side changed are merged; MergeError names those that both did.
// keep names files of these of which the draft's text holds.
func (s *Service) Rebase(ctx context.Context, by, id string, keep []string) (Draft, error) {
	_, head, err := s.Head(ctx)
	if err != nil {
		return Draft{}, err
	}
	if err := s.Store.KeepFolder(ctx, head); err != nil {
		return Draft{}, fmt.Errorf("keep the folder in force: %w", err)
	}
	return s.edit(ctx, by, id, "content.rebase", func(d *Draft, base Folder) error {
		var both []string
		moved := base.Changes(head)
		for _, c := range moved {
			mine, ok := d.Change(c.Path)
			if ok && !slices.Contains(keep, c.Path) && !(mine.Removed == c.Removed && bytes.Equal(mine.Text, c.Text)) {
				both = append(both, c.Path)
			}
		}
		if both != nil {
			return &MergeError{both}
		}
		mine := d.Changes
		d.Base, d.Changes = head.Digest(), nil
		for _, c := range mine {
			d.set(c, head)
		}
		return nil
	})
}

// Drop ends a draft unpublished.
func (s *Service) Drop(ctx context.Context, by, id string) (Draft, error) {
	return s.step(ctx, by, id, "content.drop", []Status{Open, Submitted}, func(d *Draft) error {
		d.Status, d.Hash = Dropped, nil
		return nil
	})
}

// Submit asks for a second person. It refuses with StaleError, FaultsError, and WorseError unless accept names every known question that
// would be answered worse.
func (s *Service) Submit(ctx context.Context, by, id string, accept []string) (Draft, error) {
	d, err := s.Store.Draft(ctx, id)
	if err != nil {
		return Draft{}, err
	}
	p, err := s.prospect(ctx, d)
	if err != nil {
		return Draft{}, err
	}
	if err := p.worse(accept); err != nil {
		return Draft{}, err
	}
	return s.step(ctx, by, id, "content.submit", []Status{Open}, func(now *Draft) error {
		if now.Version != d.Version {
			return ErrHash
		}
		now.Status, now.Why, now.Accepted = Submitted, "", p.accepted
		now.Hash = now.hash(p.after)
		return nil
	})
}

// prospect is what a draft would lead to.
type prospect struct {
	head          Revision
	before, after Folder
	questions     []string // known ones that would be answered worse
	accepted      []string
}

func (s *Service) prospect(ctx context.Context, d Draft) (prospect, error) {
	head, before, err := s.Head(ctx)
	if err != nil {
		return prospect{}, err
	}
	if head.Folder != d.Base {
		return prospect{}, &StaleError{head.Number}
	}
	if len(d.Changes) == 0 {
		return prospect{}, ErrEmpty
	}
	p := prospect{head: head, before: before, after: before.With(d.Changes)}
	if back := missing(withdrawn(before), append(withdrawn(p.after), d.Reinstate...)); back != nil {
		return prospect{}, &problem.Invalid{Field: "reinstate", Reason: "这些公告已经撤回，不能随稿件恢复；确要恢复的，请逐个写明：" + strings.Join(back, "、")}
	}
	if problems := s.Judge(p.after.FS()); problems.Faults() > 0 {
		return prospect{}, &FaultsError{problems}
	}
	if s.Worse != nil {
		if p.questions, err = s.Worse(ctx, before, p.after); err != nil {
			return prospect{}, fmt.Errorf("try the known questions: %w", err)
		}
	}
	return p, nil
}

func (p *prospect) worse(accept []string) error {
	if left := missing(p.questions, accept); left != nil {
		return &WorseError{left}
	}
	p.accepted = p.questions
	return nil
}

// missing are those of want that have lacks.
func missing(want, have []string) (left []string) {
	for _, w := range want {
		if !slices.Contains(have, w) {
			left = append(left, w)
		}
	}
	return left
}

// hash is over all that two people sign.
func (d Draft) hash(after Folder) []byte {
	h := sha256.New()
	put := func(name string, values ...string) {
		fmt.Fprintf(h, "%s %d\n", name, len(values))
		for _, v := range values {
			fmt.Fprintf(h, "%d:%s\n", len(v), v)
		}
	}
	put("towncrier draft 1", d.ID)
	put("title", d.Title)
	put("base", string(d.Base))
	put("after", string(after.Digest()))
	put("reinstate", d.Reinstate...)
	put("accepted", d.Accepted...)
	return h.Sum(nil)
}

// Return gives a draft back to its author; why is for them.
func (s *Service) Return(ctx context.Context, by, id, why string) (Draft, error) {
	if why = strings.TrimSpace(why); why == "" || len([]rune(why)) > 500 {
		return Draft{}, &problem.Invalid{Field: "why", Reason: "请写明退回的理由，500字以内"}
	}
	return s.step(ctx, by, id, "content.return", []Status{Submitted}, func(d *Draft) error {
		d.Status, d.Hash, d.Accepted, d.Why = Open, nil, nil, why
		return nil
	})
}

// MinHash is how many digits of a hash, in hexadecimal, say which is meant.
const MinHash = 12

// Publish makes the draft the next revision. hash is what the official saw, in hexadecimal, the first MinHash digits at least. ErrOwn for
// an editor of it, ErrHash when it is not what was submitted any more, StaleError when another revision came in between.
func (s *Service) Publish(ctx context.Context, by, id, hash string) (Revision, error) {
	d, err := s.Store.Draft(ctx, id)
	switch {
	case err != nil:
		return Revision{}, err
	case d.Status != Submitted:
		return Revision{}, &StatusError{d.Status}
	case slices.Contains(d.Editors, by):
		return Revision{}, ErrOwn
	case len(hash) < MinHash || !strings.HasPrefix(hex.EncodeToString(d.Hash), strings.ToLower(hash)):
		return Revision{}, ErrHash
	}
	p, err := s.prospect(ctx, d)
	if err != nil {
		return Revision{}, err
	}
	if err := p.worse(d.Accepted); err != nil { // a question that became known since
		return Revision{}, err
	}
	if !bytes.Equal(d.hash(p.after), d.Hash) {
		return Revision{}, ErrHash
	}
	next := Revision{Kind: Published, Title: d.Title, Draft: d.ID, Back: d.Back, Author: d.Author, Approver: by}
	if d.Back > 0 {
		next.Kind = RolledBack
	}
	return s.append(ctx, p.head, p.before, Step{Revision: next, Folder: p.after, Version: d.Version}, s.act(by, "content.publish", ""))
}

// append makes step the revision after head. While there is none, what was in force becomes the first, so that it can be returned to.
func (s *Service) append(ctx context.Context, head Revision, before Folder, step Step, act audit.Act) (Revision, error) {
	if step.After = head.Number; head.Number == 0 {
		step.First = before
	}
	next := &step.Revision
	next.Number, next.Folder, next.At = max(head.Number, 1)+1, step.Folder.Digest(), act.At
	act.Subject = fmt.Sprint(next.Number)
	if err := s.Store.Append(ctx, step, act); err != nil {
		return Revision{}, fmt.Errorf("append a revision: %w", err)
	}
	return *next, nil
}
