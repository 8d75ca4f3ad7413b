package sms

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// TemplateKind decides how often a number may be sent to.
type TemplateKind string

const (
	CodeTemplate      TemplateKind = "code"
	NoticeTemplate    TemplateKind = "notice"
	PromotionTemplate TemplateKind = "promotion"
)

// Template is one of the account's.
type Template struct {
	Code   string
	Kind   TemplateKind
	Text   string // 您的验证码是${code}，5分钟内有效。
	Review Review // "" for Approved: nothing is sent under another
	// Variables are the types of those in Text. One that is not in it is a CodeVariable in a code template, otherwise a TextVariable.
	Variables map[string]VariableType
}

// VariableType is what a template's variable may be filled with.
type VariableType string

const (
	TextVariable  VariableType = "text"  // 1 to 35 characters
	CodeVariable  VariableType = "code"  // 4 to 6 digits
	PhoneVariable VariableType = "phone" // up to 15 digits and hyphens
)

// maxSMS is what a whole text may have, in characters.
const maxSMS = 500

var (
	variableForm = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)
	codeForm     = regexp.MustCompile(`^[0-9]{4,6}$`)
	phoneForm    = regexp.MustCompile(`^[0-9-]{1,15}$`)
	addressForm  = regexp.MustCompile(`(?i)https?://|www\.|[a-z0-9-]+\.(com|cn|net|org|top|vip|cc|me|io)(\W|$)`)
)

// template is a Template that was read.
type template struct {
	Template
	names []string // of the variables, in order of the text
}

// readTemplates are templates by code.
func readTemplates(list []Template) (map[string]*template, error) {
	known := map[string]*template{}
	for _, t := range list {
		problem := ""
		switch {
		case t.Code == "":
			problem = "has no code"
		case known[t.Code] != nil:
			problem = "is there twice"
		case t.Text == "":
			problem = "has no text"
		case t.Kind != CodeTemplate && t.Kind != NoticeTemplate && t.Kind != PromotionTemplate:
			problem = fmt.Sprintf("has kind %q, which is none of %s, %s, %s", t.Kind, CodeTemplate, NoticeTemplate, PromotionTemplate)
		}
		if problem != "" {
			return nil, fmt.Errorf("sandbox: SMS template %q %s", t.Code, problem)
		}
		read := &template{Template: t}
		for _, found := range variableForm.FindAllStringSubmatch(t.Text, -1) {
			read.names = append(read.names, found[1])
		}
		known[t.Code] = read
	}
	return known, nil
}

func (t *template) typeOf(name string) VariableType {
	if kind := t.Variables[name]; kind != "" {
		return kind
	}
	if t.Kind == CodeTemplate {
		return CodeVariable
	}
	return TextVariable
}

// render fills the template and puts the sign in front. Variables that the template does not have are ignored.
func (t *template) render(sign, raw string) (text string, params map[string]string, failed *apiError) {
	params, failed = decodeParams(raw)
	if failed != nil {
		return "", nil, failed
	}
	for _, name := range t.names {
		value, given := params[name]
		if !given {
			return "", nil, fail("isv.TEMPLATE_MISSING_PARAMETERS")
		}
		if code := t.refuses(name, value); code != "" {
			return "", nil, fail(code)
		}
	}
	text = "【" + sign + "】" + variableForm.ReplaceAllStringFunc(t.Text, func(v string) string {
		return params[strings.Trim(v, "${}")]
	})
	if utf8.RuneCountInString(text) > maxSMS {
		return "", nil, fail("isv.PARAM_LENGTH_LIMIT")
	}
	return text, params, nil
}

// refuses is the code for a variable that the platform refuses.
func (t *template) refuses(name, value string) string {
	long, form := 35, (*regexp.Regexp)(nil)
	switch t.typeOf(name) {
	case CodeVariable:
		long, form = 6, codeForm
	case PhoneVariable:
		long, form = 15, phoneForm
	}
	switch {
	case addressForm.MatchString(value):
		return "isv.PARAM_NOT_SUPPORT_URL"
	case utf8.RuneCountInString(value) > long:
		return "isv.PARAM_LENGTH_LIMIT"
	case strings.TrimSpace(value) == "", form != nil && !form.MatchString(value):
		return "isv.TEMPLATE_PARAMS_ILLEGAL"
	}
	return ""
}

// decodeParams reads TemplateParam: an object whose values are strings, or nothing.
func decodeParams(raw string) (map[string]string, *apiError) {
	if raw == "" {
		return nil, nil
	}
	var params map[string]string
	if err := json.Unmarshal([]byte(raw), &params); err != nil || params == nil {
		return nil, fail("isv.INVALID_JSON_PARAM")
	}
	return params, nil
}

// parts is how many messages a text is billed as: one of 70 characters, or several of 67 (计费规则). The sign with its
// brackets counts.
func parts(text string) int {
	n := utf8.RuneCountInString(text)
	if n <= 70 {
		return 1
	}
	return (n + 66) / 67
}
