package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"towncrier/cmd/towncrier/config"
)

// TestNumbersLeaveByTwoAdminsOnTheCommandLine has one admin request an export of numbers, another confirm it, and the machine
// write it, over a real server.
func TestNumbersLeaveByTwoAdminsOnTheCommandLine(t *testing.T) {
	cfg := production(t)
	r := serve(t, cfg)
	machine := []string{"TOWNCRIER_DATABASE=" + cfg.Database, "TOWNCRIER_KEY=" + keyText(cfg)}
	over := "TOWNCRIER_URL=http://" + r.addr
	ok(t, machine, "committee", "add", "C001", "示例社区居委会")
	residents := filepath.Join(t.TempDir(), "r.csv")
	if err := os.WriteFile(residents, []byte("手机号,居委会代码,依据,同意时间\n19900000001,C001,同意,2023-11-13\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ok(t, machine, "roster", "import", residents, "--yes")
	keys := map[string]string{}
	for _, id := range []string{"anna", "bao"} {
		code := strings.TrimSpace(ok(t, machine, "staff", "invite", id, "--role", "admin"))
		keys[id] = strings.TrimSpace(ok(t, []string{over}, "staff", "activate", code))
		if id == "anna" {
			refuses(t, []string{over, config.KeyVariable + "=" + keys[id]}, 1, "两位管理员", "roster", "numbers", "request", "--why", "换系统")
		}
	}
	as := func(id string) []string { return append(slices.Clone(machine), over, config.KeyVariable+"="+keys[id]) }

	refuses(t, as("anna"), 2, `"why" not set`, "roster", "numbers", "request")
	refuses(t, as("anna"), 2, "write it as `towncrier roster numbers confirm ID`", "roster", "numbers", "confirm")
	refuses(t, as("anna"), 1, "no such committee", "roster", "numbers", "request", "--why", "换系统", "--committee", "C99")
	refuses(t, as("bao"), 1, "没有这一项", "roster", "numbers", "confirm", "abcdefghij")
	asked := ok(t, as("anna"), "roster", "numbers", "request", "--why", "换系统", "--committee", "C001")
	wantIn(t, asked, "社区C001的居民，完整号码", "换系统", "申请人：anna", "roster numbers confirm")
	id := regexp.MustCompile(`申请：([a-z2-7]{10})`).FindStringSubmatch(asked)[1]
	refuses(t, as("anna"), 1, "另一位管理员", "roster", "numbers", "confirm", id)
	if shown := ok(t, as("bao"), "roster", "numbers", "show", id); strings.Contains(shown, "确认人") || !strings.Contains(shown, "换系统") {
		t.Errorf("shown before it is confirmed: %s", shown)
	}
	wantIn(t, ok(t, as("bao"), "roster", "numbers", "confirm", id), "确认人：bao", "--numbers --request "+id)
	file := filepath.Join(t.TempDir(), "numbers.csv")
	wantIn(t, ok(t, machine, "roster", "export", file, "--numbers", "--request", id), "已导出1人")
	wantIn(t, ok(t, as("bao"), "roster", "numbers", "show", id, "--json"), `"used_by": "local:`)
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
}
