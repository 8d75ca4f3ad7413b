package api_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"towncrier/staff"
)

var (
	han = regexp.MustCompile(`\p{Han}`)
	// typed is what officials type as it stands: commands and headers.
	typed = regexp.MustCompile(`towncrier [a-z -]+|Content-Type: application/json|Authorization: Bearer`)
	// english is a run of words, as no name or code has.
	english = regexp.MustCompile(`[A-Za-z]{2,}[,;:]? [A-Za-z]+[,;:]? [a-z]{2,}`)
)

func isEnglish(text string) bool { return english.MatchString(typed.ReplaceAllString(text, "")) }

// refusedIn demands that a refusal is in Chinese, whole.
func (a answer) refusedInChinese() {
	a.t.Helper()
	if a.status < 400 {
		return
	}
	var p struct {
		Detail string
		Errors []struct{ Location, Message string }
	}
	if err := json.Unmarshal([]byte(a.body), &p); err != nil {
		a.t.Errorf("%s: %v in %s", a.what, err, a.body)
		return
	}
	texts := []string{p.Detail}
	for _, e := range p.Errors {
		texts = append(texts, e.Message)
	}
	for _, text := range texts {
		if !han.MatchString(text) || isEnglish(text) {
			a.t.Errorf("%s: %d %q is not Chinese", a.what, a.status, text)
		}
	}
}

// schemaOf is what the tests read of a schema.
type schemaOf struct {
	Ref        string `json:"$ref"`
	Type       any
	Properties map[string]*schemaOf
}

// TestRefusalsAreChinese sends every operation what it must refuse, by its document: nothing an official reads is English.
func TestRefusalsAreChinese(t *testing.T) {
	r := lite(t)
	var d struct {
		Paths map[string]map[string]struct {
			Right       string `json:"x-right"`
			Parameters  []struct{ Name, In string }
			RequestBody struct {
				Content map[string]struct{ Schema *schemaOf }
			}
		}
		Components struct{ Schemas map[string]*schemaOf }
	}
	if err := json.Unmarshal([]byte(r.as("", "GET", "/openapi.json", "").body), &d); err != nil {
		t.Fatal(err)
	}
	fill := regexp.MustCompile(`\{[a-z]+\}`)
	known := map[string]string{"/residents": r.resident(1, here).ID, "/broadcasts": r.draft(staff.Author, sendsToAll), "/inbox": r.ticket("")}
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		for method, op := range d.Paths[path] {
			method = strings.ToUpper(method)
			role := staff.Admin
			for _, candidate := range []staff.Role{staff.Committee, staff.Author, staff.Approver} {
				if candidate.May(staff.Right(op.Right)) {
					role = candidate
				}
			}
			kind, _, _ := strings.Cut(path[1:], "/")
			at := fill.ReplaceAllString(path, "nobody")
			if id := known["/"+kind]; id != "" {
				at = fill.ReplaceAllString(path, id)
			}
			ask := func(at, body string, more ...string) {
				t.Helper()
				r.now.pass(1e9) // and the limits with it
				r.do(role, method, at, body, more...).refusedInChinese()
			}
			r.as("", method, at, "").refusedInChinese()
			r.as(keys+"x_y", method, at, "").refusedInChinese()
			for _, other := range roles {
				r.do(other, method, at+"?nosuch=1", "").refusedInChinese()
			}
			ask(fill.ReplaceAllString(path, "%E5%9D%8F"), "")
			ask(at+"?x=%zz", "")
			ask(at, "", "Idempotency-Key", "坏")
			for _, p := range op.Parameters {
				if p.In == "query" {
					for _, bad := range []string{"坏", "-1", strings.Repeat("长", 300), "%FF"} {
						ask(at+"?"+p.Name+"="+strings.ReplaceAll(url.QueryEscape(bad), "%25FF", "%FF"), "")
					}
				}
			}
			for _, bad := range []string{"坏", "{", "[]", "{}", "null", `{"nosuch":1}`, `{"a":1,"a":1}`, "\xff"} {
				ask(at, bad)
			}
			ask(at, "{}", "Content-Type", "text/plain")
			s := op.RequestBody.Content["application/json"].Schema
			if s == nil {
				continue
			}
			if s.Ref != "" {
				s = d.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
			}
			for name := range s.Properties {
				for _, bad := range []string{`null`, `1`, `-1`, `true`, `"坏"`, `""`, `{}`, `[]`, `[1]`, `{"nosuch":1}`, `"a\u0007b"`, `"` + strings.Repeat("长", 3000) + `"`} {
					ask(at, fmt.Sprintf(`{%q:%s}`, name, bad))
				}
			}
		}
	}
}

// refusing are calls and literals whose texts officials read.
var refusing = []string{"refuse", "invalid", "faultAt", "malformed", "refused", "unauthorized", "wrong", "cronRefused", "repeatRefused", "NotFound", "Invalid", "RowProblem", "Fault", "bad", "unreadable", "failed"}

// TestNoRefusalIsWrittenInEnglish reads the sources: what a request does not reach is Chinese, too.
func TestNoRefusalIsWrittenInEnglish(t *testing.T) {
	for _, room := range []string{".", "../broadcast", "../roster", "../inbox", "../staff", "../phone", "../alarm", "../problem", "../imports", "../sheet", "../plaintext", "../sms", "../audit", "client"} {
		files, err := filepath.Glob(room + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			set := token.NewFileSet()
			tree, err := parser.ParseFile(set, file, text, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(tree, func(n ast.Node) bool {
				var of ast.Expr
				switch n := n.(type) {
				case *ast.CallExpr:
					of = n.Fun
				case *ast.CompositeLit:
					of = n.Type
				}
				if s, ok := of.(*ast.SelectorExpr); ok {
					of = s.Sel
				}
				if name, ok := of.(*ast.Ident); !ok || !slices.Contains(refusing, name.Name) {
					return true
				}
				ast.Inspect(n, func(inner ast.Node) bool {
					if lit, ok := inner.(*ast.BasicLit); ok && lit.Kind == token.STRING {
						if text, err := strconv.Unquote(lit.Value); err == nil && isEnglish(text) {
							t.Errorf("%s: %q is read by officials, and is English", set.Position(lit.Pos()), text)
						}
					}
					return true
				})
				return true
			})
		}
	}
}

// otherWords are words for things that have another name among officials. Residents may be spoken to otherwise.
var otherWords = map[string]string{
	"事项": "留言", "收件箱": "留言", "试发": "测试消息", "停收": "退订", "周期群发": "定期发送", "超期": "逾期", "应急通知": "应急群发",
	"撰稿人": "撰稿员", "审批人": "审批员", "社区工作人员": "社区工作者", "审核员": "审批员", "草案": "草稿", "帐号": "账号", "模版": "模板",
}

// TestOneWordForOneThing reads the sources of what officials read.
func TestOneWordForOneThing(t *testing.T) {
	for _, room := range []string{".", "../audit", "../alarm", "../broadcast", "../cmd/towncrier/cli", "../imports", "../inbox", "../roster", "../staff"} {
		files, err := filepath.Glob(room + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") || operatorsRead[filepath.Base(file)] {
				continue
			}
			set := token.NewFileSet()
			tree, err := parser.ParseFile(set, file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(tree, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					for word, right := range otherWords {
						if strings.Contains(lit.Value, word) {
							t.Errorf("%s: %s should be %s", set.Position(lit.Pos()), word, right)
						}
					}
				}
				return true
			})
		}
	}
}

// operatorsRead are files whose texts no official reads.
var operatorsRead = map[string]bool{"restore.go": true, "ask.go": true}
