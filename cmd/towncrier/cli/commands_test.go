package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towncrier/api/wire"
	"towncrier/intents"
)

func TestAskLines(t *testing.T) {
	in := `{"from":"u1","text":"遛狗不拴绳咋办"}
{"from":"u2","text":"我们小区改了没"}

{"from":"u1","text":"今天股票涨了没"}
`
	code, out, errs := command(t, nil, in, "ask", "--jsonl")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var got []answer
	for line := range strings.Lines(out) {
		var a answer
		dec := json.NewDecoder(strings.NewReader(line))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&a); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		got = append(got, a)
	}
	if len(got) != 3 {
		t.Fatalf("%d answers to 3 questions:\n%s", len(got), out)
	}
	leash, community, stocks := got[0], got[1], got[2]
	if leash.From != "u1" || leash.Kind != "answer" || leash.Topic != "dog.leash" || !strings.Contains(leash.Reply, "900余起") ||
		len(leash.Cites) == 0 || leash.Cites[0].Notice != "N2" || leash.Cites[0].Publisher != "运城晚报" || leash.Cites[0].Date != "2023-11-13" {
		t.Errorf("leash: %+v", leash)
	}
	if community.Kind != "flow" || community.Topic != "renovation.community" || len(community.Cites) == 0 || !strings.Contains(community.Reply, "107个") {
		t.Errorf("community: %+v", community)
	}
	if stocks.Kind != "decline" || stocks.Topic != "" || stocks.Cites == nil || stocks.Options == nil {
		t.Errorf("stocks: %+v", stocks)
	}
}

func TestAskLinesNamesTheBadLine(t *testing.T) {
	code, out, errs := command(t, smallCity, "{\"from\":\"u\",\"text\":\"你好\"}\nhello\n", "ask", "--jsonl")
	if code != 1 || !strings.Contains(errs, "line 2") || strings.Count(out, "\n") != 1 {
		t.Errorf("exit %d\nout %s\nerr %s", code, out, errs)
	}
}

func TestAskLinesNamesTheLongLine(t *testing.T) {
	code, _, errs := command(t, smallCity, "{\"from\":\"u\",\"text\":\"你好\"}\n"+strings.Repeat("x", maxLine+1), "ask", "--jsonl")
	if code != 1 || !strings.Contains(errs, "line 2") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestAskInTheTerminal(t *testing.T) {
	code, out, errs := command(t, smallCity, "你好\n", "ask")
	if code != 0 || !strings.Contains(out, "小镇") {
		t.Errorf("exit %d\nout %s\nerr %s", code, out, errs)
	}
}

// TestAnotherCityByConfigurationAlone asks the second city what the first one knows, and the other way round.
func TestAnotherCityByConfigurationAlone(t *testing.T) {
	env := smallCity
	code, out, errs := command(t, env, "", "content", "check")
	if code != 0 || !strings.Contains(out, "没有错误") {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	_, out, _ = command(t, env, `{"from":"u","text":"遛狗不拴绳咋办"}`+"\n", "ask", "--jsonl")
	for _, name := range []string{"运城", "盐湖", "养犬", "dog."} {
		if strings.Contains(out, name) {
			t.Errorf("the second city says %q:\n%s", name, out)
		}
	}
}

func TestContentCheckRefusesWithFileAndLine(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "town")
	if err := os.CopyFS(dir, os.DirFS(littletown)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "city.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(text, "mayor: nobody\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, _ := command(t, nil, "", "content", "check", dir)
	want := fmt.Sprintf("city.yaml:%d: 城市设置：没有“mayor”这一项", bytes.Count(text, []byte("\n"))+1)
	if code != 1 || !strings.Contains(out, want) || !strings.Contains(out, "有1处错误") {
		t.Errorf("exit %d, want %q in:\n%s", code, want, out)
	}
	if code, _, errs := command(t, nil, "", "content", "check", dir+"/none"); code != 1 || !strings.Contains(errs, "folder") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestIntentsEval(t *testing.T) {
	file := filepath.Join(t.TempDir(), "q.jsonl")
	if err := os.WriteFile(file, []byte(`{"q":"绑定手机号","topic":"chat.bind","style":"terse"}
{"q":"明天下雨吗","topic":"oos","style":"far"}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := command(t, smallCity, "", "intents", "eval", file)
	if code != 0 || !strings.Contains(out, "top-1") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	code, out, errs = command(t, smallCity, "", "intents", "eval", "--json", file)
	if code != 0 || !json.Valid([]byte(out)) {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if err := os.WriteFile(file, []byte(`{"q":"x","topic":"chat.bnid"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := command(t, smallCity, "", "intents", "eval", file); code != 1 || !strings.Contains(errs, "chat.bnid") {
		t.Errorf("unknown topic: exit %d: %s", code, errs)
	}
}

func TestIntentsCalibrate(t *testing.T) {
	code, out, errs := command(t, smallCity, "", "intents", "calibrate")
	var c intents.Calibration
	if err := json.Unmarshal([]byte(out), &c); code != 0 || err != nil || len(c.Right) == 0 || len(c.Within) != len(c.Right) {
		t.Errorf("exit %d, %v\n%s%s", code, err, out, errs)
	}
}

func TestWrongUsageExitsWith2(t *testing.T) {
	for _, args := range [][]string{{"srve"}, {"ask", "--nosuch"}, {"inbox", "show"}, {"inbox", "list", "--limit", "0"}, {"inbox", "answer", "1"}, {"content", "chck"}} {
		if code, _, errs := command(t, goodEnv(), "", args...); code != 2 || errs == "" {
			t.Errorf("%v: exit %d: %s", args, code, errs)
		}
	}
}

// TestTicketsCannotForgeFields prints what a resident wrote to take over an official's terminal, or to pass for an answer.
func TestTicketsCannotForgeFields(t *testing.T) {
	var out bytes.Buffer
	if err := printTicket(&out, wire.TicketGroup{Ticket: wire.Ticket{Number: "1", Text: "路灯\u009b2J\x1b[2J\u202e坏了\n答复：已修好"}}); err != nil {
		t.Fatal(err)
	}
	if want := "编号：1\n内容：路灯2J[2J坏了\n      答复：已修好\n"; out.String() != want {
		t.Errorf("printed %q, want %q", &out, want)
	}
}

func TestInboxNeedsAKey(t *testing.T) {
	refuses(t, nil, 2, "TOWNCRIER_API_KEY", "inbox", "list")
}

func TestRehearseRefusesRealCredentialsAndOpenAddresses(t *testing.T) {
	code, _, errs := command(t, goodEnv("TOWNCRIER_LISTEN=0.0.0.0:0", "TOWNCRIER_DATA="+t.TempDir()), "", "rehearse")
	if code != 1 {
		t.Fatalf("exit %d", code)
	}
	for _, want := range []string{"TOWNCRIER_WECHAT_SECRET", "TOWNCRIER_KEY", "loopback"} {
		if !strings.Contains(errs, want) {
			t.Errorf("no %s in:\n%s", want, errs)
		}
	}
	if strings.Contains(errs, goodSecret) || strings.Contains(errs, goodKey) {
		t.Errorf("the refusal shows a secret:\n%s", errs)
	}
}
