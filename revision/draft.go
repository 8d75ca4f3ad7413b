package revision

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"towncrier/audit"
	"towncrier/content"
	"towncrier/parts"
	"towncrier/phone"
	"towncrier/problem"
)

// Draft begins a draft on what is in force.
func (s *Service) Draft(ctx context.Context, by, title string) (Draft, error) {
	_, base, err := s.Head(ctx)
	if err != nil {
		return Draft{}, err
	}
	return s.begin(ctx, by, Draft{Title: title}, base)
}

// DraftOf begins a draft that adds files to what is in force: BegunError when that has one of them, or when another unpublished draft adds it.
func (s *Service) DraftOf(ctx context.Context, by, title string, files Folder) (Draft, error) {
	_, base, err := s.Head(ctx)
	if err != nil {
		return Draft{}, err
	}
	d := Draft{Title: title}
	for _, path := range files.Paths() {
		if _, taken := base[path]; taken {
			return Draft{}, &BegunError{Path: path}
		}
		d.Changes = append(d.Changes, Change{Path: path, Text: files[path]})
	}
	waiting, err := s.Unpublished(ctx)
	if err != nil {
		return Draft{}, err
	}
	for _, listed := range slices.Backward(waiting) {
		first, err := s.Store.Draft(ctx, listed.ID)
		if err != nil {
			return Draft{}, err
		}
		for _, c := range d.Changes {
			if other, changes := first.Change(c.Path); changes && !other.Removed {
				return Draft{}, &BegunError{Path: c.Path, Draft: first}
			}
		}
	}
	d.Import = "files " + string(files.Digest()) // of two at once the second is the first
	return s.begin(ctx, by, d, base)
}

// Import begins a draft that makes next of what is in force. The same import of the same person is the same draft, while it is Open or
// Submitted and nobody changed it.
func (s *Service) Import(ctx context.Context, by, title string, next Folder) (Draft, error) {
	_, base, err := s.Head(ctx)
	if err != nil {
		return Draft{}, err
	}
	if err := next.fits(); err != nil {
		return Draft{}, err
	}
	d := Draft{Title: title, Changes: base.Changes(next), Import: fmt.Sprintf("%s %s %s", next.Digest(), base.Digest(), by)}
	return s.begin(ctx, by, d, base)
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
	gone, err := s.gone(ctx, number, base)
	if err != nil {
		return Draft{}, err
	}
	target = stillWithdrawn(base, target, missing(gone, reinstate))
	d := Draft{Title: fmt.Sprintf("退回第%d版", number), Back: number, Changes: base.Changes(target), Reinstate: reinstate}
	return s.begin(ctx, by, d, base)
}

// stillWithdrawn is target with the notices of gone withdrawn: each as target has it, which its answers cite, or else as base does.
func stillWithdrawn(base, target Folder, gone []string) Folder {
	off := withdrawn(target)
	target = maps.Clone(target)
	lib, _ := content.Load(base.FS())
	for _, id := range gone {
		text, there := target[notice(id)]
		if !there {
			text, there = base[notice(id)]
		}
		if !there || slices.Contains(off, id) {
			continue
		}
		successor := ""
		if n := lib.Notices[id]; n != nil && target[notice(n.SupersededBy)] != nil {
			successor = n.SupersededBy
		}
		target[notice(id)] = content.Withdraw(text, successor)
	}
	return target
}

// What colleagues read of a draft, in characters.
const (
	maxTitle = 60
	maxWhy   = 500
)

// line is a text for colleagues: one line that shows as it is written and names nobody by their number. wanted is what an empty one lacks.
func line(field, text, wanted string, most int) (string, error) {
	text = strings.TrimSpace(text)
	reason := ""
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		reason = "没有填写，" + wanted
	case n > most:
		reason = fmt.Sprintf("有%d个字，最多%d个字", n, most)
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.C, r) }):
		reason = "里面有换行或看不见的字符，请写成一行"
	case phone.In(text):
		reason = phone.Unfit
	default:
		return text, nil
	}
	return "", &problem.Invalid{Field: field, Reason: reason}
}

func (s *Service) begin(ctx context.Context, by string, d Draft, base Folder) (Draft, error) {
	var err error
	if d.Title, err = line("title", d.Title, "请写明改了什么", maxTitle); err != nil {
		return Draft{}, err
	}
	for _, c := range d.Changes {
		if err := CheckPath(c.Path); err != nil {
			return Draft{}, &problem.Invalid{Field: "files", Reason: err.Error()}
		}
	}
	d.Status, d.Author, d.Editors, d.Version = Open, by, []string{by}, 1
	d.Base = base.Digest()
	d.CreatedAt = s.Now().Truncate(time.Millisecond) // as stores keep it
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

// Rewrite makes the files that do gives for what a draft has what it has of them: all of them or none.
func (s *Service) Rewrite(ctx context.Context, by, id string, do func(Folder) (Folder, error)) (Draft, error) {
	return s.edit(ctx, by, id, "content.change", func(d *Draft, base Folder) error {
		files, err := do(base.With(d.Changes))
		if err != nil {
			return err
		}
		for _, path := range files.Paths() {
			if err := CheckPath(path); err != nil {
				return &problem.Invalid{Field: "path", Reason: err.Error()}
			}
			d.set(Change{Path: path, Text: files[path]}, base)
		}
		return base.With(d.Changes).fits()
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
		return base.With(d.Changes).fits()
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

// Unpublished are all drafts that are Open or Submitted, without their changes' texts, the newest first.
func (s *Service) Unpublished(ctx context.Context) (all []Draft, err error) {
	const page = 200
	for after := ""; ; after = all[len(all)-1].ID {
		some, err := s.Store.Drafts(ctx, []Status{Open, Submitted}, "", after, page)
		if all = append(all, some...); err != nil || len(some) < page {
			return all, err
		}
	}
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
		d.reopen()
		d.Import = ""
		d.edited(by)
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

// Choice says of what a draft and the revisions since its base both changed whose text counts, each by its path, as MergeError names it.
type Choice struct {
	Keep []string // as the draft has it
	Take []string // as it is in force
}

func (c Choice) of(path string) content.Side {
	switch {
	case slices.Contains(c.Keep, path):
		return content.Mine
	case slices.Contains(c.Take, path):
		return content.Theirs
	}
	return content.Undecided
}

func (c Choice) check() error {
	for _, path := range c.Take {
		if slices.Contains(c.Keep, path) {
			return &problem.Invalid{Field: "take", Reason: fmt.Sprintf("“%s”既要保留本稿的，又要采用新版本的：请只写一处", path)}
		}
	}
	return nil
}

// Rebase puts the draft on what is in force. Files that only one side changed are merged, and so are rows of tables and entries of files
// that have several; MergeError names what both changed and choice does not decide.
func (s *Service) Rebase(ctx context.Context, by, id string, choice Choice) (Draft, error) {
	if err := choice.check(); err != nil {
		return Draft{}, err
	}
	head, err := s.keptHead(ctx)
	if err != nil {
		return Draft{}, err
	}
	return s.edit(ctx, by, id, "content.rebase", func(d *Draft, base Folder) error { return d.rebase(base, head, choice) })
}

// keptHead is the folder in force, kept so that a draft can be based on it.
func (s *Service) keptHead(ctx context.Context) (Folder, error) {
	_, head, err := s.Head(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.Store.KeepFolder(ctx, head); err != nil {
		return nil, fmt.Errorf("keep the folder in force: %w", err)
	}
	return head, nil
}

func (d *Draft) rebase(base, head Folder, choice Choice) error {
	var both []string
	mine := slices.Clone(d.Changes)
	for _, theirs := range base.Changes(head) {
		i, ok := d.find(theirs.Path)
		if !ok || mine[i].Removed == theirs.Removed && bytes.Equal(mine[i].Text, theirs.Text) {
			continue
		}
		switch choice.of(theirs.Path) {
		case content.Mine:
			continue
		case content.Theirs:
			mine[i] = theirs
			continue
		}
		merged, conflicts := mine[i].merge(base[theirs.Path], theirs, choice)
		mine[i].Text = merged
		both = append(both, conflicts...)
	}
	if both != nil {
		return &MergeError{both}
	}
	d.Base, d.Changes = head.Digest(), nil
	for _, c := range mine {
		d.set(c, head)
	}
	return nil
}

// merge brings together what two changes make of a table, row by row, or of a file with several entries, entry by entry. Of any other file, both
// changes are a conflict.
func (c Change) merge(base []byte, theirs Change, choice Choice) (text []byte, conflicts []string) {
	if c.Removed || theirs.Removed {
		return nil, []string{c.Path}
	}
	var names []string
	var ok bool
	side := func(name string) content.Side { return choice.of(rowOf(c.Path, name)) }
	if content.IsTable(c.Path) {
		text, names, ok = content.MergeTables(base, c.Text, theirs.Text, side)
	} else {
		text, names, ok = parts.Merge(c.Path, base, c.Text, theirs.Text, side)
	}
	if !ok || len(text) > MaxFile {
		return nil, []string{c.Path}
	}
	for _, name := range names {
		conflicts = append(conflicts, rowOf(c.Path, name))
	}
	return text, conflicts
}

// rowOf names a row of a table's file, or an entry of another.
func rowOf(path, name string) string { return path + "#" + name }

// Drop ends a draft unpublished.
func (s *Service) Drop(ctx context.Context, by, id string) (Draft, error) {
	return s.step(ctx, by, id, "content.drop", []Status{Open, Submitted}, func(d *Draft) error {
		d.Status, d.Hash = Dropped, nil
		return nil
	})
}
