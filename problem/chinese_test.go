package problem_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var (
	han     = regexp.MustCompile(`\p{Han}.*\p{Han}`)
	english = regexp.MustCompile(`[A-Za-z]{2,} [A-Za-z]{2,}`)
)

// TestProblemsAreChinese goes through every place that tells of a problem in a city's files: officials write those, so that its text is
// Chinese, whatever names and figures stand in it.
func TestProblemsAreChinese(t *testing.T) {
	for _, dir := range []string{"content", "intents", "city"} {
		found := 0
		for _, file := range sources(t, filepath.Join("..", dir)) {
			fset := token.NewFileSet()
			tree, err := parser.ParseFile(fset, file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(tree, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || !tells(call) {
					return true
				}
				found++
				if text, ok := format(call); !ok || !han.MatchString(text) || english.MatchString(text) {
					t.Errorf("%s: %q is not Chinese, or not written where it is used", fset.Position(call.Pos()), text)
				}
				return true
			})
		}
		if found < 10 {
			t.Errorf("only %d problems were found in %s", found, dir)
		}
	}
}

func sources(t *testing.T, dir string) (files []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".go") && !strings.HasSuffix(e.Name(), "_test.go") {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	return files
}

// tells says whether a call adds a problem: by List.Addf, Warnf or Lackf, or by a function named fault or faultf that hands its format on to them.
func tells(call *ast.CallExpr) bool {
	name := ""
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
	case *ast.Ident:
		name = f.Name
	}
	switch name {
	case "Addf", "Warnf", "Lackf":
		handed := false
		ast.Inspect(call.Args[2], func(n ast.Node) bool {
			name, ok := n.(*ast.Ident)
			handed = handed || ok && name.Name == "format"
			return true
		})
		return !handed
	case "fault", "faultf":
		return true
	}
	return false
}

// format is the first argument that is a string.
func format(call *ast.CallExpr) (string, bool) {
	args := call.Args
	if f, ok := call.Fun.(*ast.SelectorExpr); ok && (f.Sel.Name == "Addf" || f.Sel.Name == "Warnf" || f.Sel.Name == "Lackf") {
		args = args[2:] // the first is a file's path
	}
	for _, arg := range args {
		if lit, ok := arg.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			text, err := strconv.Unquote(lit.Value)
			return text, err == nil
		}
	}
	return "", false
}
