// Package phone reads mainland mobile numbers and shows them masked. Chat, imports, lists and the API read a number by this one rule.
package phone

import (
	"errors"
)

// Number is a mainland mobile number: 11 digits, nothing else. It is personal data: it prints masked, so that a log or an
// error cannot hold it by accident. What must have the digits converts it to a string.
type Number string

// ErrNumber says that a text is no mainland mobile number. It never holds the text.
var ErrNumber = errors.New("不是手机号：应为11位数字，以13至19开头")

// Unreadable is the error of Parse; it is an ErrNumber.
type Unreadable struct {
	// Reason says in Chinese what is wrong and what would be right, for the person who wrote the text. It quotes a sign that is in the
	// way, never the digits.
	Reason string
}

func (e *Unreadable) Error() string { return ErrNumber.Error() }

// Is makes it an ErrNumber.
func (e *Unreadable) Is(target error) bool { return target == ErrNumber }

// Reason is what a person who wrote a number should read of an error of Parse; "" for any other error.
func Reason(err error) string {
	if e, ok := errors.AsType[*Unreadable](err); ok {
		return e.Reason
	}
	return ""
}

// Parse reads a number as people and spreadsheets write it: full-width or ASCII digits; spaces, dashes, dots and parentheses
// between them; +86, 86, 0086 or 0 in front; quotation marks, apostrophes or ="…" around it; a comma or the like behind it; and a
// number that a spreadsheet took for a quantity, 19900001234.0 or 1.9900001234E+10. No prefix table is consulted: numbers are
// portable, and new ranges appear. The error is an *Unreadable.
func Parse(s string) (Number, error) {
	number, reason := read(s)
	if reason != "" {
		return "", &Unreadable{reason}
	}
	return number, nil
}

// Masked is 199****1234; "" for no number.
func (n Number) Masked() string {
	if len(n) != 11 {
		return ""
	}
	return string(n[:3]) + "****" + string(n[7:])
}

// String is Masked: the number never prints itself.
func (n Number) String() string { return n.Masked() }

// GoString is Masked, for %#v.
func (n Number) GoString() string { return n.Masked() }
