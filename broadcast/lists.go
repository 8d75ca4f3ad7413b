package broadcast

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/problem"
	"towncrier/roster"
)

// NumberList is an uploaded list of numbers, of which only hashes are kept. It is an audience as it stands; once a broadcast that names
// it is submitted, it does not change.
type NumberList struct {
	ID        string
	Title     string
	Committee string // code, of the committee that uploaded it; "" for the city
	Author    string // staff id; "" of one that was uploaded before authors were kept
	Lines     int    // with a number, that were read into it
	Numbers   int    // different ones. It is not shown: an official who uploads a number twice would learn whether it was kept
	CreatedAt time.Time
}

const (
	// minList is how many different numbers a list has at least: one number on a list would say whose it is.
	minList = 20
	// maxLists is how many lists one person keeps. A list has an end; what is sent again and again is better a tag.
	maxLists = 50
	// maxRowFaults of rows are as many as a person mends by hand.
	maxRowFaults = 100
)

var (
	// ErrNoList says that there is no list of an id, or that it is not the official's committee's.
	ErrNoList = problem.NotFound("没有这份名单：请核对编号")
	// ErrLists says that an official has as many lists as one person may keep.
	ErrLists = fmt.Errorf("您已有%d份名单，每人最多%d份：请先删除不再使用的名单", maxLists, maxLists)
)

// ListInUseError says that a list is the audience of what is yet to be sent. Its text is for officials.
type ListInUseError struct {
	By        string // id of the broadcast or series that names it; "" when the official may not know of it
	Title     string // of that one
	Status    Status // "" of a series
	Committee string // code, of the committee that sends it; "" for the city
}

func (e *ListInUseError) Error() string {
	if e.By == "" {
		return "这份名单正在被市里的一条通知使用，现在不能改动或删除；要加号码，可以另建一份名单"
	}
	status := cmp.Or(e.Status.Label(), "定期发送")
	return fmt.Sprintf("这份名单是“%s”（%s，%s）的发送范围，现在不能改动或删除：请先取消它，或修改它的发送范围；要加号码，也可以另建一份名单", e.Title, e.By, status)
}

// ListStore is the part of Store that keeps lists of numbers.
type ListStore interface {
	// CreateList begins a list. Only hashes of its numbers are kept.
	CreateList(ctx context.Context, l NumberList, act audit.Act) error
	// AddNumbers adds to a list, in slices of a thousand; act is audited with the first. A number that is there already does no harm,
	// and one whose owner was erased counts but leads to nobody. ErrNoList; ListInUseError once a broadcast that names the list was
	// submitted and has not ended.
	AddNumbers(ctx context.Context, list string, numbers []phone.Number, act audit.Act) error
	// Lists are all lists, newest first.
	Lists(ctx context.Context) ([]NumberList, error)
	// ListContents is what is on lists, in the order of their ids; one that is not there is left out. An owner who is erased leaves a
	// list without changing its content: nobody is added by it.
	ListContents(ctx context.Context, ids []string) ([]ListContent, error)
	// UnusedLists are the ids of lists that were created before an instant, and that no broadcast names but those that ended before it.
	UnusedLists(ctx context.Context, before time.Time) ([]string, error)
	// DeleteList refuses with ListInUseError what a broadcast that has not ended, or a series that goes on, names: behind a not its
	// members would be reached. ErrNoList.
	DeleteList(ctx context.Context, list string, act audit.Act) error
}

// NumberLists are the official's to use, newest first: a committee's are its own.
func (s *Service) NumberLists(ctx context.Context, by Official) ([]NumberList, error) {
	all, err := s.Store.Lists(ctx)
	if err != nil {
		return nil, fmt.Errorf("list number lists: %w", err)
	}
	return slices.DeleteFunc(all, func(l NumberList) bool { return !by.actsFor(l.Committee) }), nil
}

// NumberList is one that is the official's to use, or ErrNoList.
func (s *Service) NumberList(ctx context.Context, by Official, id string) (NumberList, error) {
	all, err := s.NumberLists(ctx, by)
	if err != nil {
		return NumberList{}, err
	}
	for _, l := range all {
		if l.ID == id {
			return l, nil
		}
	}
	return NumberList{}, fmt.Errorf("find a number list: %w", ErrNoList)
}

// NewNumberList begins an empty list. An *problem.Invalid, ErrLists.
func (s *Service) NewNumberList(ctx context.Context, by Official, title string) (NumberList, error) {
	l := NumberList{ID: newID("L"), Title: title, Committee: by.Committee, Author: by.ID, CreatedAt: s.instant()}
	err := checkTitle(title)
	if err == nil {
		err = s.roomForList(ctx, by)
	}
	if err == nil {
		err = s.Store.CreateList(ctx, l, s.listAct(by, "new", l.ID, ""))
	}
	if err != nil {
		return NumberList{}, fmt.Errorf("create a number list: %w", err)
	}
	return l, nil
}

func (s *Service) roomForList(ctx context.Context, by Official) error {
	all, err := s.Store.Lists(ctx)
	if err != nil {
		return err
	}
	if own := slices.DeleteFunc(all, func(l NumberList) bool { return l.Author != by.ID }); len(own) >= maxLists {
		return ErrLists
	}
	return nil
}

// DeleteNumberList deletes a list. ErrNoList, ListInUseError.
func (s *Service) DeleteNumberList(ctx context.Context, by Official, id string) error {
	if _, err := s.NumberList(ctx, by, id); err != nil {
		return err
	}
	return by.told(s.Store.DeleteList(ctx, id, s.listAct(by, "delete", id, "")))
}

// told is err as the official may read it: a committee does not learn what the city is about to send.
func (o Official) told(err error) error {
	if e, ok := errors.AsType[*ListInUseError](err); ok && !o.actsFor(e.Committee) {
		return &ListInUseError{}
	}
	return err
}

// NumberRow is a row with something where its number stands.
type NumberRow struct {
	Row  int // from 1, as spreadsheets count
	Text string
	// Fault is why the row cannot be read, in Chinese; "" when it can.
	Fault string
}

// AddedNumbers tells nothing about single numbers: an official who uploads one could find out whether its owner asked to be erased.
type AddedNumbers struct {
	Lines  int        // with a number, which were taken
	Wrong  int        // with something else, which were not
	Faults []RowFault // the first of the wrong ones
}

// RowFault is what is wrong with a row, in Chinese. It never holds what stands there.
type RowFault struct {
	Row    int
	Reason string
}

// AddNumbers adds to a list. What is no number is counted and left out. ErrNoList; ListInUseError once a broadcast that names the list
// was submitted.
func (s *Service) AddNumbers(ctx context.Context, by Official, id string, rows []NumberRow) (AddedNumbers, error) {
	if _, err := s.NumberList(ctx, by, id); err != nil {
		return AddedNumbers{}, err
	}
	var added AddedNumbers
	var numbers []phone.Number
	for _, row := range rows {
		if row.blank() {
			continue
		}
		number, fault := row.read()
		switch {
		case fault == "":
			numbers = append(numbers, number)
			continue
		case len(added.Faults) < maxRowFaults:
			added.Faults = append(added.Faults, RowFault{row.Row, fault})
		}
		added.Wrong++
	}
	if added.Lines = len(numbers); added.Lines == 0 {
		return added, nil
	}
	return added, by.told(s.Store.AddNumbers(ctx, id, numbers, s.listAct(by, "add", id, fmt.Sprintf("lines=%d", added.Lines))))
}

func (r NumberRow) blank() bool { return r.Fault == "" && strings.TrimSpace(r.Text) == "" }

func (r NumberRow) read() (number phone.Number, fault string) {
	if r.Fault != "" {
		return "", r.Fault
	}
	number, err := phone.Parse(r.Text)
	return number, phone.Reason(err)
}

func (s *Service) listAct(by Official, action, id, detail string) audit.Act {
	return audit.Act{Actor: audit.Staff(by.ID), Action: "list." + action, Subject: id, Detail: detail, At: s.instant()}
}

// NumberRows finds the numbers of a table: in the column that its first row names so, or else in the first column.
func NumberRows(table iter.Seq2[roster.Row, error]) (rows []NumberRow, err error) {
	column, begun := 0, false
	var wishes roster.Wishes
	for row, err := range table {
		if err != nil {
			return nil, err
		}
		if !begun {
			if begun = len(row.Faults) > 0 || strings.TrimSpace(strings.Join(row.Cells, "")) != ""; !begun {
				continue
			}
			if at := slices.IndexFunc(row.Cells, isNumberHeading); at >= 0 {
				column, wishes = at, roster.WishesOf(row.Cells)
				continue
			}
		}
		found := NumberRow{Row: row.Number, Text: row.Cell(column)}
		for _, f := range row.Faults {
			if f.Column == column || f.Column < 0 {
				found.Fault = f.Text
			}
		}
		if wrong := wishes.Wrong(row); !found.blank() && found.Fault == "" {
			found.Fault = wrong
		}
		if !found.blank() {
			rows = append(rows, found)
		}
	}
	return rows, nil
}

func isNumberHeading(cell string) bool {
	switch strings.ToLower(strings.TrimSpace(cell)) {
	case "手机号", "手机号码", "手机", "电话", "联系电话", "phone", "mobile":
		return true
	}
	return false
}
