package page

import (
	"errors"

	"towncrier/api"
)

// Act is an operation of the API that a page does. It is declared once a package, and given to Kit.Handle by every page that does it.
type Act[I, O any] struct{ id string }

// AnyAct is an Act of any types.
type AnyAct interface {
	operation() string
	fits(*api.Calls) error
}

// NewAct is the operation with an id, as docs/api.md lists them. O is the type of the answer's body: api.Nothing when it has none, api.File when
// it is a download.
func NewAct[I, O any](id string) Act[I, O] { return Act[I, O]{id} }

func (a Act[I, O]) operation() string { return a.id }

func (a Act[I, O]) fits(calls *api.Calls) error {
	_, err := api.Find[I, O](calls, a.id)
	return err
}

// Do does the operation for the person whose page this is. A change that a form posts is done once for the form: pressed twice, reloaded, or
// gone back to and pressed again, it is answered as it was the first time. Errors are *api.Refusal.
func (a Act[I, O]) Do(v *Visit, in I) (O, error) {
	call, err := api.Find[I, O](v.kit.cfg.Calls, a.id)
	if err != nil {
		var none O
		return none, err
	}
	key := ""
	if v.nonce != "" {
		key = v.nonce + "-" + a.id
	}
	who := v.caller()
	v.counted = true
	return call.Do(v.Context(), who, key, in)
}

func (v *Visit) caller() api.Caller {
	return api.Caller{Person: v.Person, Origin: v.origin, Session: v.Session.ID, Counted: v.counted}
}

// May says whether the person has the right to do an act.
func (v *Visit) May(a AnyAct) bool {
	right := v.kit.cfg.Calls.Right(a.operation())
	return right == "" || v.Person.Role.May(right)
}

// refusal is why an operation was not done, nil when err is something else.
func refusal(err error) *api.Refusal {
	r, _ := errors.AsType[*api.Refusal](err)
	return r
}
