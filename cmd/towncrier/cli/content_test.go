package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"towncrier/revision"
)

var (
	draftID = regexp.MustCompile(`\bD\d+\b`)
	hashOf  = regexp.MustCompile(`--hash ([0-9a-f]{12})`)
)

// TestContentCommands goes the whole way by command: a notice is written, checked, published by another, asked about, withdrawn, brought back and
// returned from, and the folder that is exported is the one that was imported.
func TestContentCommands(t *testing.T) {
	t.Parallel()
	r := rehearse(t, rehearsalOf(t, "TOWNCRIER_DATA="+t.TempDir(), "TOWNCRIER_CONTENT="+littletown))
	author, approver := r.as(t, "author"), r.as(t, "approver")
	try := func(who []string, args ...string) (code int, out, errs string) {
		return command(t, who, "", append([]string{"content"}, args...)...)
	}
	do := func(who []string, args ...string) string {
		t.Helper()
		code, out, errs := try(who, args...)
		if code != 0 {
			t.Fatalf("%v: exit %d\n%s%s", args, code, out, errs)
		}
		return out
	}
	dir := t.TempDir()
	before := filepath.Join(dir, "before")
	do(author, "export", before)

	begun := do(author, "new", "图书屋增加图书")
	id := draftID.FindString(begun)
	file := filepath.Join(dir, "L1.md")
	for path, replace := range map[string]string{"notices/L1.md": "1200册", "intents/library.hours.yaml": "1200册"} {
		text := do(author, "get", id, path)
		if err := os.WriteFile(file, []byte(strings.ReplaceAll(text, replace, "1300册")), 0o600); err != nil {
			t.Fatal(err)
		}
		do(author, "put", id, path, file)
	}
	if code, _, errs := try(author, "put", id, "notices/L1.md", file); code == 0 || !strings.Contains(errs, "--was") {
		t.Errorf("exit %d: %s", code, errs)
	}
	if diff := do(approver, "diff", id); !strings.Contains(diff, "-1.") && !strings.Contains(diff, "-2. 图书屋有图书1200册") || !strings.Contains(diff, "+2. 图书屋有图书1300册") {
		t.Error(diff)
	}
	more := draftID.FindString(do(author, "new", "更多问法"))
	do(author, "form", "set", more, "问答", "library.hours", "问法+=书屋夜里开吗", "问法+=书屋下雨天开吗", "问法+=书屋过年开吗", "问法+=书屋啥时候放假", "答复=柳巷图书屋每天9时至17时，星期一闭馆。")
	do(author, "form", "set", more, "不答的问题", "书屋卖不卖文具")
	short, whole := do(approver, "diff", more), do(approver, "diff", more, "--all")
	wantIn(t, short, "+答复: 柳巷图书屋每天9时至17时，星期一闭馆。", "问法：增加4个：书屋夜里开吗、书屋下雨天开吗、书屋过年开吗等", "各行：增加1个：书屋卖不卖文具", "content diff "+more+" --all")
	if strings.Contains(short, "书屋啥时候放假") || !strings.Contains(whole, "+  - 书屋啥时候放假") || !strings.Contains(whole, "+书屋卖不卖文具") || strings.Contains(whole, "--all") {
		t.Errorf("%s\n%s", short, whole)
	}
	do(author, "drop", more)
	if tried := do(approver, "try", id); !strings.Contains(tried, "变差0个，变好0个，答复不同2个") || !strings.Contains(tried, "[答复不同] 图书屋有多少册书\n  应由 library.hours 答复（questions/own.jsonl:7）") ||
		!strings.Contains(tried, "图书屋有图书1200册") || !strings.Contains(tried, "图书屋有图书1300册") {
		t.Error(tried)
	}
	sent := do(author, "submit", id)
	hash := hashOf.FindStringSubmatch(sent)
	if hash == nil {
		t.Fatal(sent)
	}
	if code, _, errs := try(author, "publish", id, "--hash", hash[1]); code == 0 {
		t.Errorf("exit %d: %s", code, errs)
	}
	if out := do(approver, "publish", id, "--hash", hash[1]); !strings.Contains(out, "第2版") {
		t.Error(out)
	}
	if inForce := do(author, "get", "notices/L1.md"); !strings.Contains(inForce, "2. 图书屋有图书1300册") {
		t.Error(inForce)
	}
	if out := do(author, "revisions"); !strings.Contains(out, "图书屋增加图书") || !strings.Contains(out, "原有文件夹") {
		t.Error(out)
	}

	if code, out, errs := try(author, "withdraw", "L1"); code == 0 || !strings.Contains(out, "library.hours") || !strings.Contains(errs, "--yes") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if code, out, errs := try(author, "withdraw", "L1", "--successor", "L1"); code == 0 || out != "" || !strings.Contains(errs, "这是要撤回的公告自己") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	off := draftID.FindString(do(author, "new", "撤下图书屋公告"))
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(do(author, "get", off, "notices/L1.md"), "status: in_force", "status: withdrawn")), 0o600); err != nil {
		t.Fatal(err)
	}
	do(author, "put", off, "notices/L1.md", file)
	const stops = "发布这份稿件会：\n  停止答复 借阅证怎么办（library.card）\n  停止答复 图书屋几点开门（library.hours）\n"
	_, submitted, _ := try(author, "submit", off) // which refuses what is answered worse
	for what, out := range map[string]string{"diff": do(approver, "diff", off), "try": do(approver, "try", off), "submit": submitted} {
		if !strings.Contains(out, stops) {
			t.Errorf("%s: %s", what, out)
		}
	}
	do(author, "drop", off)
	do(author, "withdraw", "L1", "--yes")
	do(approver, "reinstate", "L1")
	if out := do(author, "revisions"); strings.Count(out, "撤回，") != 1 || !strings.Contains(out, "恢复\n") {
		t.Error(out)
	}
	back := do(author, "rollback", "1")
	sent = do(author, "submit", draftID.FindString(back))
	do(approver, "publish", draftID.FindString(back), "--hash", hashOf.FindStringSubmatch(sent)[1])

	after := filepath.Join(dir, "after")
	do(author, "export", after)
	x, err := revision.Read(os.DirFS(before))
	if err != nil {
		t.Fatal(err)
	}
	y, err := revision.Read(os.DirFS(after))
	if err != nil || x.Digest() != y.Digest() {
		t.Errorf("%v, %v", x.Changes(y), err)
	}
	if code, _, errs := try(author, "export", after); code == 0 || !strings.Contains(errs, "已经有了") {
		t.Errorf("exit %d: %s", code, errs)
	}

	if err := os.WriteFile(filepath.Join(after, "notices", "X.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := try(author, "import", after, "--title", "换"); code == 0 || !strings.Contains(errs, "notices/*.md") {
		t.Errorf("exit %d: %s", code, errs)
	}
	if err := os.Rename(filepath.Join(after, "notices", "X.txt"), filepath.Join(after, "matching", "more.txt")); err != nil {
		t.Fatal(err)
	}
	if out := do(author, "import", after, "--title", "换"); !strings.Contains(out, "matching/more.txt") {
		t.Error(out)
	}
	if out := do(author, "drafts", "--status", "草稿,待审批"); !strings.Contains(out, "换") {
		t.Error(out)
	}
}
