package cli

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/cmd/towncrier/config"
	"towncrier/seal"
	"towncrier/staff"
	"towncrier/store"
)

// room is the environment of commands that share a fresh database, and its key.
func room(t *testing.T) (env []string, key []byte) {
	t.Helper()
	key = seal.NewKey()
	return []string{"TOWNCRIER_DATA=" + t.TempDir(), "TOWNCRIER_KEY=" + base64.StdEncoding.EncodeToString(key)}, key
}

func TestStaffCommands(t *testing.T) {
	cfg := production(t, smallCity...)
	r := serve(t, cfg)
	as := r.hire(t, cfg, staff.Person{ID: "boss", Name: "张三", Role: staff.Admin}, staff.Person{ID: "wang", Name: "王五", Role: staff.Author})
	env := as["boss"]
	wantIn(t, ok(t, env, "staff", "add", "li", "--name", "李四", "--role", "auditor"), "已添加李四（li，审计员）", "staff invite li")
	wantIn(t, ok(t, env, "staff", "list"), "账号", "wang", "撰稿员", "李四")
	bearer := strings.TrimPrefix(as["wang"][1], config.KeyVariable+"=")
	id, secret := strings.Split(bearer, "_")[1], strings.Split(bearer, "_")[2]
	for _, args := range [][]string{{"staff", "list"}, {"staff", "key", "list"}, {"staff", "key", "list", "wang"}, {"staff", "invitations"}, {"staff", "key", "mine"}} {
		for _, args := range [][]string{args, append(args, "--json")} {
			if out := ok(t, env, args...); !strings.Contains(out, "wang") && args[2] != "mine" || strings.Contains(out, secret) || args[len(args)-1] == "--json" && !json.Valid([]byte(out)) {
				t.Errorf("%q: %s", args, out)
			}
		}
	}
	wantIn(t, ok(t, as["wang"], "staff", "key", "mine"), id, "正在使用")
	wantIn(t, ok(t, env, "staff", "change", "li", "--name", "李思", "--role", "审批员"), "李思（li，审批员）", "staff invite li")
	wantIn(t, ok(t, env, "staff", "key", "list"), "王五（wang）")
	wantIn(t, ok(t, env, "staff", "invitations"), "王五（wang）", "已激活")
	wantIn(t, ok(t, env, "staff", "key", "revoke", id), "已吊销王五（wang）的密钥"+id)
	wantIn(t, ok(t, env, "staff", "disable", "wang"), "已停用王五（wang")
	wantIn(t, ok(t, env, "staff", "enable", "wang"), "已恢复王五（wang", "staff invite wang")
	for want, args := range map[string][]string{
		"不能停用自己":         {"staff", "disable", "boss"},
		"没有这位工作人员":       {"staff", "disable", "nobody"},
		"staff-exists":   {"staff", "add", "wang", "--name", "李四", "--role", "admin"},
		"body.role":      {"staff", "add", "zhao", "--name", "李四", "--role", "mayor"},
		"body.committee": {"staff", "add", "zhao", "--name", "李四", "--role", "committee"},
		"代码是“C-9”":       {"staff", "add", "zhao", "--name", "李四", "--role", "committee", "--committee", "C-9"},
		"没有这把密钥":         {"staff", "key", "revoke", "aaaaaaaaaa"},
		"不能改自己的角色":       {"staff", "change", "boss", "--role", "author"},
	} {
		refuses(t, env, 1, want, args...)
	}
	refuses(t, env, 2, "staff add ID", "staff", "add")
	refuses(t, env, 2, "至少要写一个", "staff", "change", "li")
	refuses(t, as["wang"], 1, "密钥无效", "staff", "list")
	refuses(t, []string{env[0]}, 2, "没有您的密钥", "staff", "list")
	today := time.Now().In(broadcast.Zone).Format(time.DateOnly)
	log := ok(t, env, "audit", "list", "--subject", "wang", "--actor", "boss", "--from", today, "--to", today)
	wantIn(t, log, "恢复工作人员", "停用工作人员", "吊销密钥", "张三（boss）", "王五（wang）")
	if again := ok(t, env, "audit", "list", "--subject", "wang", "--actor", "staff:boss"); again != log {
		t.Errorf("by the actor's other spelling:\n%s", again)
	}
	if again := ok(t, env, "audit", "list", "--subject", "王五", "--actor", "张三", "--from", today, "--to", today); again != log {
		t.Errorf("by names:\n%s", again)
	}
	refuses(t, env, 1, "没有名称或代码是“赵六”的工作人员", "audit", "list", "--actor", "赵六")
	refuses(t, env, 1, "没有关于“赵六”的记录", "audit", "list", "--subject", "赵六")
	verified := ok(t, env, "audit", "verify") // over the API: this environment has no database
	wantIn(t, verified, "审计日志完整", "--noted ")
	_, noted, _ := strings.Cut(strings.TrimSpace(verified), "--noted ")
	wantIn(t, ok(t, env, "audit", "verify", "--noted", noted), "审计日志完整")
	seq, hash, _ := strings.Cut(noted, ":")
	if code, out, _ := command(t, env, "", "audit", "verify", "--noted", seq+":"+strings.Repeat("0", len(hash))); code != 1 || !strings.Contains(out, "与另行保存的记录不符") {
		t.Errorf("another hash than is kept: exit %d, %s", code, out)
	}
	refuses(t, []string{env[0]}, 1, "没有您的密钥", "audit", "verify")
	wantIn(t, ok(t, env, "audit", "list", "--to", "2020-01-01"), "没有符合条件的记录")
	wantIn(t, ok(t, env, "audit", "list", "--limit", "1"), "前面还有，接着看加上 --after ")
	refuses(t, env, 1, "query.from", "audit", "list", "--from", "昨天")
}

// TestWarnsOfAKeyThatEnds speaks of the key in use when two weeks of it are left.
func TestWarnsOfAKeyThatEnds(t *testing.T) {
	now := time.Date(2030, 5, 8, 1, 0, 0, 0, time.UTC)
	for left, want := range map[time.Duration]string{
		0: "", 15 * 24 * time.Hour: "", 14*24*time.Hour - time.Minute: "还剩13天", time.Hour: "还剩0天",
	} {
		var said strings.Builder
		ends := now.Add(left)
		if left == 0 {
			ends = time.Time{} // no answer said it
		}
		warnOfKey(&said, ends, now)
		if (want == "") != (said.Len() == 0) || !strings.Contains(said.String(), want) {
			t.Errorf("%s before the end: %q", left, &said)
		}
	}
}

func TestAuditCommands(t *testing.T) {
	env, _ := room(t)
	onDatabase(t, env, func(db *store.DB) {
		for _, id := range []string{"zhang", "li", "wang"} {
			if _, err := staff.New(db.Staff(), nil, time.Now).Add(t.Context(), audit.Local("test"), staff.Person{ID: id, Name: id, Role: staff.Author}); err != nil {
				t.Fatal(err)
			}
		}
	})
	var newest audit.Mark
	onDatabase(t, env, func(db *store.DB) {
		var err error
		if newest, err = db.Audit().Head(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	if out := ok(t, env, "audit", "verify"); !strings.Contains(out, hex.EncodeToString(newest.Hash)) {
		t.Errorf("no hash to write down: %s", out)
	}
	noted := newest.String()
	if out := ok(t, env, "audit", "verify", "--noted", noted); !strings.Contains(out, "--noted "+noted) {
		t.Errorf("verify: %s", out)
	}
	other := fmt.Sprintf("%d:%s", newest.Seq, strings.Repeat("0", 64))
	if code, out, _ := command(t, env, "", "audit", "verify", "--noted", noted, "--noted", other); code != 1 || !strings.Contains(out, "第3条，与另行保存的记录不符") {
		t.Errorf("another hash than is kept: exit %d, %s", code, out)
	}
	for _, args := range [][]string{{"audit", "list", "--limit", "0"}, {"audit", "erase"}, {"audit", "verify", "--noted", "3"}, {"audit", "verify", "--noted", "x:00"}} {
		if code, _, _ := command(t, env, "", args...); code != 2 {
			t.Errorf("%q: exit %d", args, code)
		}
	}
	forge(t, strings.TrimPrefix(env[0], "TOWNCRIER_DATA=")+"/towncrier.db", "zhang", "zhaog")
	code, out, errs := command(t, env, "", "audit", "verify")
	if code != 1 || !strings.Contains(out, "第1条") || !strings.Contains(errs, "entry 1") {
		t.Errorf("an entry changed by hand: exit %d\n%s%s", code, out, errs)
	}
}

// forge changes a text in a closed database file, as somebody with an editor could.
func forge(t *testing.T, path, old, text string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	forged := strings.ReplaceAll(string(raw), old, text)
	if forged == string(raw) || len(forged) != len(raw) {
		t.Fatalf("%s is not in the file", old)
	}
	if err := os.WriteFile(path, []byte(forged), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestKeyList(t *testing.T) {
	env, _ := room(t)
	if out := ok(t, env, "key", "list"); !strings.Contains(out, "finds (current)") || !strings.Contains(out, "seals (current)") {
		t.Errorf("a fresh ring: %s", out)
	}
	var ring struct {
		Keys    []keyView
		Damaged int64
	}
	if err := json.Unmarshal([]byte(ok(t, env, "key", "list", "--json")), &ring); err != nil {
		t.Fatal(err)
	}
	if len(ring.Keys) != 2 || ring.Keys[0].Use != "find" || ring.Keys[1].Use != "seal" || ring.Keys[1].MadeAt.IsZero() {
		t.Errorf("%+v", ring)
	}
	other, _ := room(t)
	if code, _, errs := command(t, []string{env[0], other[1]}, "", "key", "list"); code != 1 || !strings.Contains(errs, "TOWNCRIER_KEY_PREVIOUS") {
		t.Errorf("another key: exit %d: %s", code, errs)
	}
	moved := []string{env[0], other[1], "TOWNCRIER_KEY_PREVIOUS=" + strings.TrimPrefix(env[1], "TOWNCRIER_KEY=")}
	ok(t, moved, "key", "list")
}

// TestKeyRotateFind makes a finding key beside a server, which is refused, and when it has stopped.
func TestKeyRotateFind(t *testing.T) {
	env, master := room(t)
	ok(t, env, "staff", "invite", "zhang", "--role", "admin")
	sealer, err := seal.New(master)
	if err != nil {
		t.Fatal(err)
	}
	server, err := store.Open(t.Context(), strings.TrimPrefix(env[0], "TOWNCRIER_DATA=")+"/towncrier.db", sealer)
	if err != nil {
		t.Fatal(err)
	}
	if code, out, errs := command(t, env, "", "key", "rotate", "--find"); code != 1 || !strings.Contains(errs, "stop every") {
		t.Errorf("beside a server: exit %d\n%s%s", code, out, errs)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if out := ok(t, env, "key", "rotate", "--find"); !strings.Contains(out, "The current key to find people by is 2") {
		t.Errorf("rotated: %s", out)
	}
	var ring struct{ Keys []keyView }
	if err := json.Unmarshal([]byte(ok(t, env, "key", "list", "--json")), &ring); err != nil {
		t.Fatal(err)
	}
	if k := ring.Keys; len(k) != 3 || k[0].Use != "find-earlier" || k[1].Use != "seal" || k[2].Use != "find" {
		t.Errorf("%+v", k)
	}
	if out := recorded(t, env, audit.Filter{}); !strings.Contains(out, "key.rotate.find") {
		t.Errorf("the audit log: %s", out)
	}
	ok(t, env, "audit", "verify")
}
