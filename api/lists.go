package api

import (
	"context"
	"crypto/rand"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/plaintext"
	"towncrier/staff"
)

func viewNumberList(l broadcast.NumberList) wire.NumberList {
	return wire.NumberList{ID: l.ID, Title: l.Title, Committee: l.Committee, Lines: l.Lines, CreatedAt: l.CreatedAt}
}

func (a *server) listLists(ctx context.Context, who staff.Person, _ *nothing) (*reply[wire.Page[wire.NumberList]], error) {
	all, err := a.Ledger.Lists(ctx)
	if err != nil {
		return nil, err
	}
	out := wire.Page[wire.NumberList]{Items: []wire.NumberList{}}
	for _, l := range all {
		if who.Sees(l.Committee) {
			out.Items = append(out.Items, viewNumberList(l))
		}
	}
	return &reply[wire.Page[wire.NumberList]]{out}, nil
}

type createListInput struct {
	Body wire.CreateNumberList
}

func (a *server) createList(ctx context.Context, who staff.Person, in *createListInput) (*created[wire.NumberList], error) {
	if phone.In(in.Body.Title) {
		return nil, refuse(http.StatusUnprocessableEntity, "invalid", "a field is not valid", faultAt("body.title", phone.Unfit))
	}
	if err := a.roomForList(ctx, who); err != nil {
		return nil, err
	}
	l := broadcast.NumberList{
		ID: "L" + rand.Text()[:10], Title: in.Body.Title, Committee: official(who).Committee, Author: who.ID, CreatedAt: a.Now().UTC().Truncate(time.Millisecond),
	}
	if err := a.Ledger.CreateList(ctx, l, a.listAct(who, "new", l.ID, "")); err != nil {
		return nil, err
	}
	return &created[wire.NumberList]{wire.Prefix + "/lists/" + l.ID, viewNumberList(l)}, nil
}

// maxLists is how many lists one person keeps. A list has an end; what is sent again and again is better a tag.
const maxLists = 50

func (a *server) roomForList(ctx context.Context, who staff.Person) error {
	all, err := a.Ledger.Lists(ctx)
	if err != nil {
		return err
	}
	own := 0
	for _, l := range all {
		if l.Author == who.ID {
			own++
		}
	}
	if own >= maxLists {
		return refuse(http.StatusConflict, "too-many-lists", fmt.Sprintf("您已有%d份名单，每人最多%d份：请先删除不再使用的名单", own, maxLists))
	}
	return nil
}

func (a *server) listAct(who staff.Person, action, id, detail string) audit.Act {
	return audit.Act{Actor: audit.Staff(who.ID), Action: "list." + action, Subject: id, Detail: detail, At: a.Now()}
}

type listInput struct {
	ID string `path:"id" pattern:"^L[A-Z2-7]{10}$" patternDescription:"L and 10 letters and digits"`
}

// myList is a list within who's reach.
func (a *server) myList(ctx context.Context, who staff.Person, id string) (broadcast.NumberList, error) {
	all, err := a.Ledger.Lists(ctx)
	if err != nil {
		return broadcast.NumberList{}, err
	}
	for _, l := range all {
		if l.ID == id && who.Sees(l.Committee) {
			return l, nil
		}
	}
	return broadcast.NumberList{}, errAbsent
}

func (a *server) getList(ctx context.Context, who staff.Person, in *listInput) (*reply[wire.NumberList], error) {
	l, err := a.myList(ctx, who, in.ID)
	if err != nil {
		return nil, err
	}
	return &reply[wire.NumberList]{viewNumberList(l)}, nil
}

func (a *server) deleteList(ctx context.Context, who staff.Person, in *listInput) (*nothing, error) {
	if _, err := a.myList(ctx, who, in.ID); err != nil {
		return nil, err
	}
	return nil, a.Ledger.DeleteList(ctx, in.ID, a.listAct(who, "delete", in.ID, ""))
}

type addNumbersInput struct {
	ID   string          `path:"id" pattern:"^L[A-Z2-7]{10}$" patternDescription:"L and 10 letters and digits"`
	Body wire.AddNumbers `doc:"One of the two. A longer list comes in several parts: a number that is there already does no harm"`
}

// maxFaults of rows are as many as somebody mends by hand.
const maxFaults = 100

func (a *server) addNumbers(ctx context.Context, who staff.Person, in *addNumbersInput) (*reply[wire.AddedNumbers], error) {
	if _, err := a.myList(ctx, who, in.ID); err != nil {
		return nil, err
	}
	rows, err := in.rows()
	if err != nil {
		return nil, err
	}
	out := wire.AddedNumbers{Faults: []wire.RowFault{}}
	var numbers []phone.Number
	for i, text := range rows {
		if strings.TrimSpace(text) == "" {
			continue
		}
		number, err := phone.Parse(text)
		if err == nil {
			numbers = append(numbers, number)
			continue
		}
		if out.Wrong++; out.Wrong <= maxFaults {
			out.Faults = append(out.Faults, wire.RowFault{Row: i + 1, Message: phone.Reason(err)})
		}
	}
	out.Lines = len(numbers)
	if out.Lines > 0 {
		if err := a.Ledger.AddNumbers(ctx, in.ID, numbers, a.listAct(who, "add", in.ID, fmt.Sprintf("lines=%d", out.Lines))); err != nil {
			return nil, err
		}
	}
	return &reply[wire.AddedNumbers]{out}, nil
}

var numberHeadings = map[string]bool{"手机号": true, "手机号码": true, "手机": true, "电话": true, "联系电话": true, "phone": true, "mobile": true}

// rows is a text a row, as the faults count them; the heading's is empty.
func (in *addNumbersInput) rows() ([]string, error) {
	b := in.Body
	if (len(b.Numbers) == 0) == (b.CSV == "") {
		return nil, refuse(http.StatusUnprocessableEntity, "invalid", "a field is not valid", faultAt("body", "want either numbers or csv"))
	}
	if b.CSV == "" {
		return b.Numbers, nil
	}
	r := csv.NewReader(strings.NewReader(plaintext.Lines(b.CSV)))
	r.FieldsPerRecord, r.TrimLeadingSpace, r.ReuseRecord = -1, true, true
	var rows []string
	column := 0
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if fault, ok := errors.AsType[*csv.ParseError](err); ok {
			return nil, refuse(http.StatusUnprocessableEntity, "invalid", "a field is not valid",
				faultAt("body.csv", fmt.Sprintf("line %d has quotes that do not fit: nothing was taken", fault.Line)))
		}
		line, _ := r.FieldPos(0)
		for len(rows) < line-1 { // empty lines, which the reader passes over
			rows = append(rows, "")
		}
		if len(rows) == 0 {
			if at := headed(cells); at >= 0 {
				column = at
				rows = append(rows, "")
				continue
			}
		}
		text := ""
		if column < len(cells) {
			text = cells[column]
		}
		rows = append(rows, text)
	}
}

// headed is the column that a heading names, -1 when the row is none.
func headed(cells []string) int {
	for i, cell := range cells {
		if numberHeadings[strings.ToLower(strings.TrimSpace(cell))] {
			return i
		}
	}
	return -1
}
