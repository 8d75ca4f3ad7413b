package revision

import (
	"bytes"
	"slices"
	"strings"
	"time"
)

// Kind is how a revision came about.
type Kind string

const (
	Taken      Kind = "folder"      // the folder that was in force before there was any revision
	Published  Kind = "published"   // a draft
	Withdrawn  Kind = "withdrawn"   // a notice
	Reinstated Kind = "reinstated"  // a notice whose withdrawal was undone
	RolledBack Kind = "rolled_back" // a draft that returns to an older revision
	Declared   Kind = "emergency"   // what is said in an emergency
	Over       Kind = "over"        // that an emergency is over
)

// Revision is one state of a city's content. Nothing of it ever changes.
type Revision struct {
	Number   int // from 1, without gaps; 0 is the folder in force while there is no revision
	Kind     Kind
	Folder   Digest
	Title    string // of its draft; else what was done to which notice
	Draft    string // its draft's ID, "" for none
	Notice   string // that was withdrawn or reinstated, or is an emergency's
	Next     string // the notice that succeeds a withdrawn one, "" for none
	Back     int    // the number that was returned to
	Author   string // staff id of who wrote or withdrew it, "" for Taken
	Approver string // staff id of who published or reinstated it, "" for one that needed nobody
	At       time.Time
}

// Status is where a draft stands.
type Status string

const (
	Open      Status = "draft"
	Submitted Status = "submitted"
	Done      Status = "published"
	Dropped   Status = "dropped"
)

// Label is what an official reads.
func (s Status) Label() string {
	return map[Status]string{Open: "草稿", Submitted: "待审批", Done: "已发布", Dropped: "已作废"}[s]
}

// Label is what an official reads.
func (k Kind) Label() string {
	return map[Kind]string{Taken: "原有文件夹", Published: "发布", Withdrawn: "撤回", Reinstated: "恢复", RolledBack: "退回旧版",
		Declared: "应急发布", Over: "应急结束"}[k]
}

// Roles are what the author and the approver of such a revision did, as an official reads it.
func (k Kind) Roles() (author, approver string) {
	switch k {
	case Withdrawn:
		return "撤回", ""
	case Reinstated:
		return "撤回", "恢复"
	case Over:
		return "结束", "审批"
	}
	return "撰写", "审批"
}

// Change is what a draft makes of one file.
type Change struct {
	Path    string
	Text    []byte // nil when Removed
	Removed bool
}

// SortChanges puts changes in order of their paths, as a Draft has them.
func SortChanges(all []Change) {
	slices.SortFunc(all, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
}

// Draft is a set of changes that somebody may publish.
type Draft struct {
	ID        string
	Title     string
	Status    Status
	Base      Digest // the folder that its author saw
	Changes   []Change
	Back      int      // the revision that it returns to; 0 for none
	Reinstate []string // withdrawn notices that it brings back, named by its author
	Import    string   // whose import of what it is, as long as nobody changed it; "" for none
	Author    string   // staff id of who began it
	Committee string   // whose rows of tables it is: a committee's official hands those in, and sees no other drafts; "" for any other draft
	Editors   []string // staff ids of all who changed or submitted it: none of them may publish it
	Accepted  []string // what the author accepted by name when it was submitted: known questions that are answered worse
	Stops     []string // what it stops by Config.Stops, as it was when it was submitted
	Hash      []byte   // of what was submitted; nil unless Submitted or Done
	Why       string   // it was returned
	Version   int      // grows with every change
	CreatedAt time.Time
	ChangedAt time.Time
	Revision  int // what it became; 0 unless Done
}

// Change is what the draft makes of a file; false when it leaves it alone.
func (d Draft) Change(path string) (Change, bool) {
	i, ok := d.find(path)
	if !ok {
		return Change{}, false
	}
	return d.Changes[i], true
}

func (d Draft) find(path string) (int, bool) {
	return slices.BinarySearchFunc(d.Changes, path, func(c Change, path string) int { return strings.Compare(c.Path, path) })
}

// edited notes that somebody had a hand in the draft.
// reopen takes back what was submitted.
func (d *Draft) reopen() { d.Status, d.Hash, d.Accepted, d.Stops = Open, nil, nil, nil }

func (d *Draft) edited(by string) {
	if !slices.Contains(d.Editors, by) {
		d.Editors = append(slices.Clone(d.Editors), by)
	}
}

// set makes c the draft's change of its file; one that leads to what the base has is no change.
func (d *Draft) set(c Change, base Folder) {
	i, ok := d.find(c.Path)
	d.Changes = slices.Clone(d.Changes)
	if ok {
		d.Changes = slices.Delete(d.Changes, i, i+1)
	}
	old, had := base[c.Path]
	if c.Removed && !had || !c.Removed && had && bytes.Equal(old, c.Text) {
		return
	}
	d.Changes = slices.Insert(d.Changes, i, c)
}
