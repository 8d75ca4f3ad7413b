package api

import (
	"context"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/sheet"
	"towncrier/staff"
)

// listHandler has the uploaded lists of numbers.
type listHandler struct {
	broadcasts *broadcast.Service
	views      broadcastViews
}

func (h listHandler) register(g *gate) {
	const read, write = staff.ReadBroadcasts, staff.WriteBroadcasts
	add(g, get("/lists", "list-lists", "List number lists, newest first", read).impersonal(), h.list)
	add(g, post("/lists", "create-list", "Create a number list", write), repeatable(h.create, h.created, "list.new"))
	add(g, get("/lists/{id}", "get-list", "Show a number list, without its numbers", read).impersonal(), h.get)
	add(g, post("/lists/{id}/numbers", "add-numbers", "Add numbers to a number list", write), h.addNumbers)
	add(g, del("/lists/{id}", "delete-list", "Delete a number list", write), repeatable(h.delete, nothingShown, "list.delete"))
}

func (h listHandler) list(ctx context.Context, caller staff.Person, _ *Nothing) (*reply[wire.Page[wire.NumberList]], error) {
	return listed(h.view(ctx))(h.broadcasts.NumberLists(ctx, official(caller)))
}

func (h listHandler) create(ctx context.Context, caller staff.Person, in *Body[wire.CreateNumberList]) (*created[wire.NumberList], error) {
	return createdAt(listPath)(shown(h.view(ctx))(h.broadcasts.NewNumberList(ctx, official(caller), in.Body.Title)))
}

func (h listHandler) created(ctx context.Context, caller staff.Person, act audit.Act) (*created[wire.NumberList], error) {
	return createdAt(listPath)(h.get(ctx, caller, &ListInput{act.Subject}))
}

type ListInput struct {
	ID string `path:"id" pattern:"^L[A-Z2-7]{10}$" patternDescription:"L and 10 letters and digits"`
}

func (h listHandler) get(ctx context.Context, caller staff.Person, in *ListInput) (*reply[wire.NumberList], error) {
	return shown(h.view(ctx))(h.broadcasts.NumberList(ctx, official(caller), in.ID))
}

func (h listHandler) delete(ctx context.Context, caller staff.Person, in *ListInput) (*Nothing, error) {
	return nil, h.broadcasts.DeleteNumberList(ctx, official(caller), in.ID)
}

type AddNumbersInput struct {
	ID   string          `path:"id" pattern:"^L[A-Z2-7]{10}$" patternDescription:"L and 10 letters and digits"`
	Body wire.AddNumbers `doc:"One of the two. A longer list comes in several parts: a number that is there already does no harm"`
}

func (h listHandler) addNumbers(ctx context.Context, caller staff.Person, in *AddNumbersInput) (*reply[wire.AddedNumbers], error) {
	by := official(caller)
	if _, err := h.broadcasts.NumberList(ctx, by, in.ID); err != nil {
		return nil, err
	}
	rows, err := numberRows(in.Body)
	if err != nil {
		return nil, err
	}
	return shown(viewAddedNumbers)(h.broadcasts.AddNumbers(ctx, by, in.ID, rows))
}

func numberRows(in wire.AddNumbers) ([]broadcast.NumberRow, error) {
	if (len(in.Numbers) == 0) == (in.CSV == "") {
		return nil, invalid("body", "numbers 和 csv 两项中写一项")
	}
	if in.CSV == "" {
		var rows []broadcast.NumberRow
		for i, number := range in.Numbers {
			rows = append(rows, broadcast.NumberRow{Row: i + 1, Text: number})
		}
		return rows, nil
	}
	table, err := sheet.TextRows(in.CSV)
	if err != nil {
		return nil, invalid("body.csv", err.Error())
	}
	rows, err := broadcast.NumberRows(table)
	if err != nil {
		return nil, invalid("body.csv", err.Error())
	}
	return rows, nil
}

func listPath(l wire.NumberList) string { return "/lists/" + l.ID }

func (h listHandler) view(ctx context.Context) func(broadcast.NumberList) wire.NumberList {
	names := h.views.committees(ctx)
	return func(l broadcast.NumberList) wire.NumberList {
		return wire.NumberList{ID: l.ID, Title: l.Title, Committee: l.Committee, CommitteeLabel: names.Committee(l.Committee),
			Author: l.Author, AuthorLabel: names.person(l.Author), Lines: l.Lines, CreatedAt: l.CreatedAt}
	}
}

func viewAddedNumbers(n broadcast.AddedNumbers) wire.AddedNumbers {
	return wire.AddedNumbers{Lines: n.Lines, Wrong: n.Wrong, Faults: each(n.Faults, func(f broadcast.RowFault) wire.RowFault {
		return wire.RowFault{Row: f.Row, Message: f.Reason}
	})}
}
