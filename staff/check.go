package staff

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"unicode"
	"unicode/utf8"

	"towncrier/phone"
	"towncrier/problem"
)

var (
	idForm        = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{1,31}$`)
	committeeForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)
)

const maxName = 40 // characters; a line of a list

// check names every field of p that is wrong.
func check(p Person) error {
	var all []error
	add := func(field, reason string) { all = append(all, &problem.Invalid{Field: field, Reason: reason}) }
	if !idForm.MatchString(p.ID) {
		add("id", "want 2 to 32 of a-z, 0-9, - and _, a letter or digit first")
	}
	if p.Name == "" || utf8.RuneCountInString(p.Name) > maxName || !printable(p.Name) {
		add("name", fmt.Sprintf("want 1 to %d characters on one line", maxName))
	}
	if phone.In(p.Name) {
		add("name", phone.Unfit)
	}
	if _, known := rights[p.Role]; !known {
		add("role", "want author, approver, committee, auditor or admin")
	}
	switch {
	case p.Role == Committee && !committeeForm.MatchString(p.Committee):
		add("committee", "want the committee's code, 1 to 32 of A-Z, a-z, 0-9, - and _: role committee belongs to one")
	case p.Role != Committee && p.Committee != "":
		add("committee", "want none: only role committee belongs to one")
	}
	return errors.Join(all...)
}

// checkKeyName refuses a name of a key that no list can show.
func checkKeyName(name string) error {
	switch {
	case utf8.RuneCountInString(name) > maxName || !printable(name):
		return &problem.Invalid{Field: "name", Reason: fmt.Sprintf("密钥名称太长或有看不见的字符，请写一行，最多%d个字，例如：办公室电脑", maxName)}
	case phone.In(name):
		return &problem.Invalid{Field: "name", Reason: "密钥名称里不能有手机号，请换一个，例如：办公室电脑"}
	}
	return nil
}

func printable(s string) bool {
	return utf8.ValidString(s) && !slices.ContainsFunc([]rune(s), func(r rune) bool {
		return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) // with one that nobody sees, a name looks like another's
	})
}
