package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/cmd/towncrier/config"
	"towncrier/cmd/towncrier/doctor"
	"towncrier/cmd/towncrier/rehearsal"
	"towncrier/revision"
	"towncrier/seal"
	"towncrier/store"
)

// settingsOf are the settings of a rehearsal that runs, as a server would have them: its platforms are the pretend ones.
func (r *running) settingsOf(cfg rehearsal.Config) []string {
	base := "http://" + r.addr
	return append(environOf(cfg.Config),
		"TOWNCRIER_LISTEN="+r.addr, "TOWNCRIER_PUBLIC_URL="+base,
		"TOWNCRIER_WECHAT_API="+base+"/sandbox/wechat", "TOWNCRIER_WECHAT_APP_ID="+cfg.WeChat.AppID, "TOWNCRIER_WECHAT_SECRET="+cfg.WeChat.Secret,
		"TOWNCRIER_WECHAT_TOKEN="+cfg.WeChat.Token, "TOWNCRIER_WECHAT_AES_KEY="+cfg.WeChat.AESKey,
		"TOWNCRIER_SMS_ENDPOINT="+base+"/sandbox/aliyun", "TOWNCRIER_SMS_ACCESS_KEY_ID="+cfg.SMS.AccessKeyID,
		"TOWNCRIER_SMS_ACCESS_KEY_SECRET="+cfg.SMS.AccessKeySecret, "TOWNCRIER_SMS_SIGN="+cfg.SMS.Sign,
		"TOWNCRIER_SMS_CODE_TEMPLATE="+cfg.SMS.CodeTemplate, "TOWNCRIER_SMS_STAFF_TEMPLATE="+cfg.SMS.StaffTemplate,
		"TOWNCRIER_SMS_CALLBACK_KEY="+cfg.SMS.CallbackKey)
}

// fail has a pretend platform answer calls of a kind with an error from now on.
func (r *running) fail(t *testing.T, api, kind string) {
	t.Helper()
	resp, err := http.Post("http://"+r.addr+"/sandbox/faults", "application/json", strings.NewReader(fmt.Sprintf(`{"api":%q,"kind":%q}`, api, kind)))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		t.Fatalf("fault: %s", resp.Status)
	}
}

// checked waits until a server has made its checks, and gives their states.
func (r *running) checked(t *testing.T) (states map[string]doctor.State) {
	t.Helper()
	until(t, "the checks are made", func() bool {
		status, body := r.get(t, "/readyz")
		var ready doctor.Readiness
		if err := json.Unmarshal([]byte(body), &ready); err != nil || status != http.StatusOK {
			t.Fatalf("/readyz: %d %s", status, body)
		}
		states = ready.Checks
		return states["wechat-token"] != doctor.Unchecked
	})
	return states
}

// TestDoctorBesideARehearsal: a rehearsal has nothing to say of its checks, and the command finds nothing wrong with its settings, until the
// platform does not know its address.
func TestDoctorBesideARehearsal(t *testing.T) {
	cfg := rehearsalOf(t, smallCity...)
	r := rehearse(t, cfg)
	for name, state := range r.checked(t) {
		if state != doctor.OK {
			t.Errorf("the rehearsal's check %s is %s", name, state)
		}
	}
	if strings.Contains(r.log.String(), "check") {
		t.Errorf("the rehearsal speaks of checks:\n%s", r.log)
	}
	env := r.settingsOf(cfg)
	before := folder(t, cfg.Data)
	out := ok(t, env, "doctor")
	wantIn(t, out, "a server runs on "+r.addr, "nothing is wrong", "opens with the key", "gives this server an access token", "answers as WeChat wants it",
		"takes what Alibaba Cloud pushes", "is approved", "agrees with that of Alibaba Cloud SMS")
	if strings.Contains(out, "unchecked") {
		t.Errorf("not all was checked:\n%s", out)
	}
	if after := folder(t, cfg.Data); len(after) != len(before) {
		t.Errorf("it leaves %q, there was %q", after, before)
	}

	r.fail(t, "stable_token", "40164")
	r.fail(t, "aliyun/GetSmsSign", "isv.SMS_SIGNATURE_ILLEGAL")
	code, out, errs := command(t, env, "", "doctor")
	if code != 1 || errs != "" {
		t.Errorf("exit %d: %s", code, errs)
	}
	wantIn(t, out, "fault      wechat-token", "add 203.0.113.7 to IP白名单", "fault      sms-sign", "set TOWNCRIER_SMS_SIGN", "2 of them found something to do")
	code, out, _ = command(t, env, "", "doctor", "--json")
	var results []doctor.Result
	if err := json.Unmarshal([]byte(out), &results); err != nil || code != 1 {
		t.Fatalf("exit %d, %v: %s", code, err, out)
	}
	for _, result := range results {
		if wrong := result.Check == "wechat-token" || result.Check == "sms-sign"; result.State.Wrong() != wrong {
			t.Errorf("%+v", result)
		}
	}
	for _, secret := range []string{cfg.WeChat.Secret, cfg.WeChat.Token, cfg.WeChat.AESKey, cfg.SMS.AccessKeySecret, cfg.SMS.CallbackKey, keyText(cfg.Config)} {
		if strings.Contains(out+r.log.String(), secret) {
			t.Errorf("it shows %s", secret)
		}
	}
}

// TestDoctorBeforeAServer looks at a machine on which nothing has started, and makes nothing there.
func TestDoctorBeforeAServer(t *testing.T) {
	cfg := production(t, smallCity...)
	env := goodEnv("TOWNCRIER_DATA="+cfg.Data, "TOWNCRIER_LISTEN=127.0.0.1:1", "TOWNCRIER_WECHAT_API=http://127.0.0.1:1", "TOWNCRIER_REDIS=redis://127.0.0.1:1", smallCity[0])
	code, out, errs := command(t, env, "", "doctor")
	if code != 1 || errs != "" {
		t.Errorf("exit %d: %s", code, errs)
	}
	wantIn(t, out, "no server answers on 127.0.0.1:1", "there is no database yet", "unchecked  callback", "set TOWNCRIER_PUBLIC_URL",
		"warning    wechat-token", "let this server reach TOWNCRIER_WECHAT_API", "fault      redis", "set TOWNCRIER_REDIS")
	if _, err := os.Stat(cfg.Data); !os.IsNotExist(err) {
		t.Errorf("the data folder: %v", err)
	}
	refuses(t, append(env, "TOWNCRIER_KEY=short"), exitUsage, "TOWNCRIER_KEY", "doctor")
	refuses(t, nil, exitUsage, "TOWNCRIER_WECHAT_APP_ID (wechat.app_id) is not set", "doctor")
	refuses(t, env, exitUsage, "does not exist", "doctor", "--config", cfg.Data+"/none.toml")
}

// TestDoctorReadsTheContentInForce, not the folder: the revision that a server would start with, and the one that this program does not take.
func TestDoctorReadsTheContentInForce(t *testing.T) {
	dir, folder := t.TempDir(), filepath.Join(t.TempDir(), "city")
	if err := os.CopyFS(folder, os.DirFS(littletown)); err != nil {
		t.Fatal(err)
	}
	env := goodEnv("TOWNCRIER_DATA="+dir, "TOWNCRIER_CONTENT="+folder, "TOWNCRIER_LISTEN=127.0.0.1:1", "TOWNCRIER_WECHAT_API=http://127.0.0.1:1")
	says := func(want ...string) {
		t.Helper()
		_, out, _ := command(t, env, "", "doctor")
		wantIn(t, out, want...)
	}
	says("ok         content           the content folder answers")
	if err := os.WriteFile(filepath.Join(folder, "city.yaml"), []byte("name: ''\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	says("fault      content           "+folder+" has", "no server starts with it")

	src, err := config.Read("", env)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := src.Config()
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := seal.New(cfg.Key, nil)
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), cfg.Database, sealer)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	town, err := revision.Read(os.DirFS(littletown))
	if err != nil {
		t.Fatal(err)
	}
	revisions := revision.NewService(revision.Config{Store: db.Content(), Now: time.Now, Base: func() (revision.Folder, error) { return town, nil }})
	if _, err := revisions.Withdraw(t.Context(), "zhao", "L1", ""); err != nil {
		t.Fatal(err)
	}
	says("warning    content           "+folder+" says something that no revision says", "towncrier content import")
	if err := errors.Join(os.RemoveAll(folder), os.CopyFS(folder, os.DirFS(littletown))); err != nil {
		t.Fatal(err)
	}
	says("ok         content           revision 2 answers")
	town["city.yaml"] = []byte("name: ''\n") // what only a later program takes
	head, _, err := revisions.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	later := revision.Revision{Number: 3, Kind: revision.Published, Folder: town.Digest(), Title: "新", Author: "wang", Approver: "li", At: time.Now()}
	step := revision.Step{After: head.Number, Revision: later, Folder: town}
	if err := db.Content().Append(t.Context(), step, audit.Act{Actor: audit.Local("test"), Action: "content.publish", Subject: "3", At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	says("fault      content           revision 3 of the content is not served", "revision 2 answers", "towncrier content rollback 2")
}

// TestServeTellsWhatIsWrong serves with an AppSecret that WeChat refuses: residents are answered, and log, /readyz and metrics say so.
func TestServeTellsWhatIsWrong(t *testing.T) {
	play := rehearsalOf(t, smallCity...)
	platform := rehearse(t, play)
	src, err := config.Read("", append(platform.settingsOf(play), "TOWNCRIER_LISTEN=127.0.0.1:0", "TOWNCRIER_DATA="+t.TempDir(), "TOWNCRIER_WECHAT_SECRET="+goodSecret))
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := src.Config(config.ServeNeeds...)
	if err != nil {
		t.Fatal(err)
	}
	r := serve(t, cfg)
	states := r.checked(t)
	for name, want := range map[string]doctor.State{"wechat-token": doctor.Fault, "wechat-templates": doctor.Unchecked, "sms-sign": doctor.OK, "callback": doctor.OK, "clock": doctor.OK} {
		if states[name] != want {
			t.Errorf("%s is %s, want %s", name, states[name], want)
		}
	}
	_, metrics := r.get(t, "/metrics")
	wantIn(t, metrics, `towncrier_check_failed{check="wechat-token"} 1`, `towncrier_check_failed{check="sms-sign"} 0`)
	if log := r.log.String(); strings.Count(log, `"a check failed"`) != 1 || !strings.Contains(log, "level=ERROR msg=\"a check failed\" check=wechat-token problem=") ||
		!strings.Contains(log, "AppSecret is wrong") || !strings.Contains(log, "set TOWNCRIER_WECHAT_SECRET") || strings.Contains(log, goodSecret) {
		t.Errorf("the log:\n%s", log)
	}
	r.ready(t, map[string]string{"answers": "ok", "worker": "ok", "console": "ok", "wechat": "down"})
	if err := r.stop(); err != nil {
		t.Error(err)
	}
}
