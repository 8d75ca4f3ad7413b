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

// IsID says whether a text could be a staff id.
func IsID(text string) bool { return idForm.MatchString(text) }

const maxName = 40 // characters; a line of a list

// check names every field of p that is wrong.
func check(p Person) error {
	var all []error
	add := func(field, reason string) { all = append(all, &problem.Invalid{Field: field, Reason: reason}) }
	switch {
	case phone.In(p.ID): // logs of acts and of addresses say ids
		add("id", phone.Unfit)
	case !idForm.MatchString(p.ID):
		add("id", "应为2到32个小写字母、数字、- 或 _，以字母或数字开头")
	}
	if p.Name == "" || utf8.RuneCountInString(p.Name) > maxName || !printable(p.Name) {
		add("name", fmt.Sprintf("应为1到%d个字，写在一行里", maxName))
	}
	if phone.In(p.Name) {
		add("name", phone.Unfit)
	}
	if _, known := rights[p.Role]; !known {
		add("role", "没有这个角色，可以写："+roleNames())
	}
	switch {
	case p.Role == Committee && !committeeForm.MatchString(p.Committee):
		add("committee", "社区工作者要写所在居委会的代码：1到32个字母、数字、- 或 _")
	case p.Role != Committee && p.Committee != "":
		add("committee", "只有社区工作者才写所在的居委会，请不要填写")
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
