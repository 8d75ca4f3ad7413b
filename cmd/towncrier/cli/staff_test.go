package cli

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

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
	env, key := room(t)
	ok(t, env, "staff", "add", "boss", "--name", "张三", "--role", "admin")
	ok(t, env, "staff", "add", "wang", "--name", "王五", "--role", "author")
	bearer := strings.TrimSpace(ok(t, env, "staff", "key", "add", "wang"))
	if !strings.HasPrefix(bearer, "tck_") || strings.ContainsAny(bearer, " \n") {
		t.Fatal("standard output is not the key alone")
	}
	id := strings.Split(bearer, "_")[1]
	for _, asJSON := range []bool{false, true} {
		for _, args := range [][]string{{"staff", "list"}, {"staff", "key", "list"}, {"staff", "key", "list", "wang"}} {
			if asJSON {
				args = append(args, "--json")
			}
			out := ok(t, env, args...)
			if !strings.Contains(out, "wang") || strings.Contains(out, bearer[len("tck_")+len(id)+1:]) || asJSON && !json.Valid([]byte(out)) {
				t.Errorf("%q: %s", args, out)
			}
		}
	}
	ok(t, env, "staff", "key", "revoke", id)
	ok(t, env, "staff", "disable", "wang")
	ok(t, env, "staff", "enable", "wang")
	for want, args := range map[string][]string{
		"only admin":         {"staff", "disable", "boss"},
		"no such member":     {"staff", "disable", "nobody"},
		"is taken":           {"staff", "add", "wang", "--name", "李四", "--role", "admin"},
		"role: want":         {"staff", "add", "li", "--name", "李四", "--role", "mayor"},
		"committee: want":    {"staff", "add", "li", "--name", "李四", "--role", "committee"},
		"no such committee":  {"staff", "add", "li", "--name", "李四", "--role", "committee", "--committee", "C-9"},
		"or no such key":     {"staff", "key", "revoke", "aaaaaaaaaa"},
		"no such member of ": {"staff", "key", "add", "nobody"},
	} {
		if code, out, errs := command(t, env, "", args...); code != 1 || !strings.Contains(errs, want) {
			t.Errorf("%q: exit %d, %s%s; want %q", args, code, out, errs, want)
		}
	}
	if code, _, _ := command(t, env, "", "staff", "add"); code != 2 {
		t.Errorf("without an id: exit %d", code)
	}

	var entries []entryView
	if err := json.Unmarshal([]byte(ok(t, env, "audit", "list", "--subject", "wang", "--json")), &entries); err != nil {
		t.Fatal(err)
	}
	var actions []string
	for _, e := range entries {
		actions = append(actions, e.Action)
		if !strings.HasPrefix(e.Actor, "local:") || e.At.IsZero() || len(e.Hash) != 64 {
			t.Errorf("%+v", e)
		}
	}
	if got := strings.Join(actions, " "); got != "staff.enable staff.disable staff.revoke staff.key staff.add" {
		t.Errorf("recorded: %s", got)
	}
	sealer, err := seal.New(key)
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), strings.TrimPrefix(env[0], "TOWNCRIER_DATA=")+"/towncrier.db", sealer)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if p, err := db.Staff().Get(t.Context(), "boss"); err != nil || p.Role != staff.Admin || p.Name != "张三" {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestAuditCommands(t *testing.T) {
	env, _ := room(t)
	if out := ok(t, env, "audit", "list"); !strings.Contains(out, "没有") {
		t.Errorf("an empty log: %s", out)
	}
	for _, id := range []string{"zhang", "li", "wang"} {
		ok(t, env, "staff", "add", id, "--name", id, "--role", "author")
	}
	if out := ok(t, env, "audit", "list", "--limit", "1", "--action", "staff.add"); !strings.Contains(out, "wang") || strings.Contains(out, "zhang") {
		t.Errorf("the newest: %s", out)
	}
	var newest []entryView
	if err := json.Unmarshal([]byte(ok(t, env, "audit", "list", "--limit", "1", "--json")), &newest); err != nil {
		t.Fatal(err)
	}
	if out := ok(t, env, "audit", "verify"); !strings.Contains(out, newest[0].Hash) {
		t.Errorf("no hash to write down: %s", out)
	}
	noted := fmt.Sprintf("%d:%s", newest[0].Seq, newest[0].Hash)
	if out := ok(t, env, "audit", "verify", "--noted", noted); !strings.Contains(out, "--noted "+noted) {
		t.Errorf("verify: %s", out)
	}
	other := fmt.Sprintf("%d:%s", newest[0].Seq, strings.Repeat("0", 64))
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
	if out := ok(t, env, "key", "list"); !strings.Contains(out, "查找") || !strings.Contains(out, "加密") {
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
	if code, _, errs := command(t, []string{env[0], other[1]}, "", "key", "list"); code != 1 || !strings.Contains(errs, "TOWNCRIER_KEY") {
		t.Errorf("another key: exit %d: %s", code, errs)
	}
	moved := []string{env[0], other[1], "TOWNCRIER_KEY_PREVIOUS=" + strings.TrimPrefix(env[1], "TOWNCRIER_KEY=")}
	ok(t, moved, "key", "list")
}

// TestKeyRotateFind makes a finding key beside a server, which is refused, and when it has stopped.
func TestKeyRotateFind(t *testing.T) {
	env, master := room(t)
	ok(t, env, "staff", "add", "zhang", "--name", "张", "--role", "admin")
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
	if out := ok(t, env, "key", "rotate", "--find"); !strings.Contains(out, "当前查找密钥：2") {
		t.Errorf("rotated: %s", out)
	}
	var ring struct{ Keys []keyView }
	if err := json.Unmarshal([]byte(ok(t, env, "key", "list", "--json")), &ring); err != nil {
		t.Fatal(err)
	}
	if k := ring.Keys; len(k) != 3 || k[0].Use != "find-earlier" || k[1].Use != "seal" || k[2].Use != "find" {
		t.Errorf("%+v", k)
	}
	if out := ok(t, env, "audit", "list"); !strings.Contains(out, "key.rotate.find") {
		t.Errorf("the audit log: %s", out)
	}
	ok(t, env, "audit", "verify")
}
