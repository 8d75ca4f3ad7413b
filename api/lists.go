package api

import (
	"context"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/sheet"
	"towncrier/staff"
)

func (a *server) listLists(ctx context.Context, who staff.Person, _ *nothing) (*reply[wire.Page[wire.NumberList]], error) {
	all, err := a.Broadcasts.NumberLists(ctx, official(who))
	if err != nil {
		return nil, err
	}
	return &reply[wire.Page[wire.NumberList]]{wire.Page[wire.NumberList]{Items: each(all, viewNumberList)}}, nil
}

type createListInput struct {
	Body wire.CreateNumberList
}

func (a *server) createList(ctx context.Context, who staff.Person, in *createListInput) (*created[wire.NumberList], error) {
	l, err := a.Broadcasts.NewNumberList(ctx, official(who), in.Body.Title)
	if err != nil {
		return nil, err
	}
	return &created[wire.NumberList]{wire.Prefix + "/lists/" + l.ID, viewNumberList(l)}, nil
}

func (a *server) listMade(ctx context.Context, who staff.Person, act audit.Act) (*created[wire.NumberList], error) {
	l, err := a.Broadcasts.NumberList(ctx, official(who), act.Subject)
	if err != nil {
		return nil, err
	}
	return &created[wire.NumberList]{wire.Prefix + "/lists/" + l.ID, viewNumberList(l)}, nil
}

type listInput struct {
	ID string `path:"id" pattern:"^L[A-Z2-7]{10}$" patternDescription:"L and 10 letters and digits"`
}

func (a *server) getList(ctx context.Context, who staff.Person, in *listInput) (*reply[wire.NumberList], error) {
	l, err := a.Broadcasts.NumberList(ctx, official(who), in.ID)
	if err != nil {
		return nil, err
	}
	return &reply[wire.NumberList]{viewNumberList(l)}, nil
}

func (a *server) deleteList(ctx context.Context, who staff.Person, in *listInput) (*nothing, error) {
	return nil, a.Broadcasts.DeleteNumberList(ctx, official(who), in.ID)
}

type addNumbersInput struct {
	ID   string          `path:"id" pattern:"^L[A-Z2-7]{10}$" patternDescription:"L and 10 letters and digits"`
	Body wire.AddNumbers `doc:"One of the two. A longer list comes in several parts: a number that is there already does no harm"`
}

func (a *server) addNumbers(ctx context.Context, who staff.Person, in *addNumbersInput) (*reply[wire.AddedNumbers], error) {
	if _, err := a.Broadcasts.NumberList(ctx, official(who), in.ID); err != nil {
		return nil, err
	}
	rows, err := numberRows(in.Body)
	if err != nil {
		return nil, err
	}
	added, err := a.Broadcasts.AddNumbers(ctx, official(who), in.ID, rows)
	if err != nil {
		return nil, err
	}
	return &reply[wire.AddedNumbers]{wire.AddedNumbers{Lines: added.Lines, Wrong: added.Wrong, Faults: each(added.Faults, func(f broadcast.RowFault) wire.RowFault {
		return wire.RowFault{Row: f.Row, Message: f.Reason}
	})}}, nil
}

func numberRows(in wire.AddNumbers) ([]broadcast.NumberRow, error) {
	if (len(in.Numbers) == 0) == (in.CSV == "") {
		return nil, invalid("body", "want either numbers or csv")
	}
	var rows []broadcast.NumberRow
	for i, number := range in.Numbers {
		rows = append(rows, broadcast.NumberRow{Row: i + 1, Text: number})
	}
	if in.CSV == "" {
		return rows, nil
	}
	table, err := sheet.TextRows(in.CSV)
	if err == nil {
		rows, err = broadcast.NumberRows(table)
	}
	if err != nil {
		return nil, invalid("body.csv", err.Error())
	}
	return rows, nil
}

func viewNumberList(l broadcast.NumberList) wire.NumberList {
	return wire.NumberList{ID: l.ID, Title: l.Title, Committee: l.Committee, Lines: l.Lines, CreatedAt: l.CreatedAt}
}
