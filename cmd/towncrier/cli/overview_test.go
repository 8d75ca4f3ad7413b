package cli

import (
	"strings"
	"testing"
)

// TestOverviewAndUnknownCommands: whoever types the program's name alone, or a command that there is none of, reads on in their language.
func TestOverviewAndUnknownCommands(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"--help"}, {"help"}} {
		code, out, errs := command(t, nil, "", args...)
		if code != 0 {
			t.Errorf("%v: exit %d, %s", args, code, errs)
		}
		wantIn(t, out, "按本市公布的公告", "用法 (usage)", "工作人员的命令：", "撰写、发布和撤回公告与问答", "Commands for who runs the server:", "Flags:")
		if theirs, operators, _ := strings.Cut(out, "Commands for"); strings.Contains(theirs, "  serve") || strings.Contains(operators, "  content") {
			t.Errorf("commands are mixed up:\n%s", out)
		}
	}
	for line, want := range map[string]string{
		"contnt list":             "没有 contnt 这个命令，您要的可能是 content (unknown command \"contnt\")\n用法见 towncrier --help",
		"tsks --json":             "您要的可能是 ask、tasks",
		"doctr":                   "您要的可能是 doctor",
		"content frm list":        "没有 frm 这个命令，您要的可能是 form",
		"content form lst --json": "您要的可能是 list",
		"content 撤回":              "您要的可能是 reinstate、withdraw",
		"help content frm":        "您要的可能是 form、try\n用法见 towncrier content --help",
		"xyzzyxyzzy":              "没有 xyzzyxyzzy 这个命令 (unknown",
	} {
		refuses(t, nil, 2, want, strings.Fields(line)...)
	}
	code, out, _ := command(t, nil, "", "help", "content", "form")
	if code != 0 || !strings.Contains(out, "towncrier content form [命令]") {
		t.Errorf("exit %d: %s", code, out)
	}
	if _, out, _ := command(t, nil, "", "doctor", "--help"); !strings.Contains(out, "Usage:\n  towncrier doctor [flags]") {
		t.Errorf("%s", out)
	}
}
