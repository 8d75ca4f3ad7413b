package page

import (
	"crypto/rand"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"towncrier/api/wire"
)

// Form is embedded in the struct of a page that has one. Visit.NewForm makes it.
type Form struct {
	Nonce   string // what the form does is done once for it
	Subject string // what a second factor is asked for, see Visit.StepUp
	proved  bool   // it was given for Subject, not long ago

	values url.Values
	faults []FieldFault
}

// EmptyForm is a form that nobody has filled in.
func EmptyForm() Form { return Form{Nonce: newNonce(), values: url.Values{}} }

func newNonce() string { return strings.ToLower(rand.Text()) }

// Value is what a field holds: what was posted, or what Set put there.
func (f Form) Value(name string) string { return f.values.Get(name) }

// Values are what a field holds that may be given several times.
func (f Form) Values(name string) []string { return f.values[name] }

// Names are the fields that hold something.
func (f Form) Names() []string { return slices.Collect(maps.Keys(f.values)) }

// Has says whether a field holds a value: whether a box is ticked.
func (f Form) Has(name, value string) bool { return slices.Contains(f.values[name], value) }

// Fault is what is wrong with a field, "" when nothing is.
func (f Form) Fault(name string) string {
	for _, fault := range f.faults {
		if fault.Field == name {
			return fault.Text
		}
	}
	return ""
}

// Faults are all that is wrong, in the order in which it was found.
func (f Form) Faults() []FieldFault { return f.faults }

// AsksCode says whether the form has a field "code" for a second factor.
func (f Form) AsksCode() bool { return f.Subject != "" && !f.proved }

// Set gives a field what it holds at first.
func (f *Form) Set(name string, values ...string) {
	if f.values == nil {
		f.values = url.Values{}
	}
	f.values[name] = values
}

// Refuse notes what is wrong with a field, or with the whole when field is "".
func (f *Form) Refuse(field, text string) { f.faults = append(f.faults, FieldFault{field, text}) }

// blame puts what an operation refused beside the fields that it is about. fields is Page.Fields.
func (f *Form) blame(problem wire.Problem, fields map[string]string) {
	if len(problem.Errors) == 0 {
		f.Refuse(fields[""], problem.Detail)
	}
	for _, fault := range problem.Errors {
		f.faults = append(f.faults, FieldFault{f.fieldAt(fault.Location, fields), fault.Message})
	}
}

// fieldAt is the field that a place of an operation's input stands in, or the nearest place around it; "" for none.
func (f *Form) fieldAt(location string, fields map[string]string) string {
	if field, ok := fields[location]; ok {
		return field
	}
	for place := position.ReplaceAllString(location, ""); place != ""; {
		if field, ok := fields[place]; ok {
			return field
		}
		up := max(0, strings.LastIndexByte(place, '.'))
		if field := strings.TrimPrefix(place[up:], "."); f.values.Has(field) {
			return field
		}
		place = place[:up]
	}
	return ""
}

// position is which of several a place is about.
var position = regexp.MustCompile(`\[\d+\]`)
