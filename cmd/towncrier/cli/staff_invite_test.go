package cli

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"towncrier/audit"
	"towncrier/cmd/towncrier/config"
	"towncrier/sandbox/platform"
	pretendsms "towncrier/sandbox/sms"
)

// texted waits for a text to a number that has what a form finds, and returns that.
func (r *running) texted(t *testing.T, to string) (code string) {
	t.Helper()
	until(t, "a code by SMS", func() bool {
		_, body := r.get(t, "/sandbox/record")
		var entries []platform.Entry
		if err := json.Unmarshal([]byte(body), &entries); err != nil {
			t.Fatal(err)
		}
		for _, e := range slices.Backward(entries) {
			if found := codeForm.FindStringSubmatch(e.Text); e.SMS != nil && e.SMS.Phone == to && found != nil {
				code = found[1]
				return true
			}
		}
		return false
	})
	return code
}

// TestKeysTakeTwoAdminsAndThePerson goes from set-up to invitations over real servers: texts go through the pretend Alibaba Cloud of a
// rehearsal.
func TestKeysTakeTwoAdminsAndThePerson(t *testing.T) {
	other := rehearsalOf(t, smallCity...)
	other.Residents = 20
	pretend := rehearse(t, other)
	cfg := other.Config
	cfg.Data = t.TempDir()
	cfg.Database = cfg.DefaultDatabase()
	cfg.WeChat.API, cfg.SMS.Endpoint = "http://"+pretend.addr+"/sandbox/wechat", "http://"+pretend.addr+"/sandbox/aliyun"
	r := serve(t, cfg)
	machine := smsEnv(machineOf(cfg)...)
	over := "TOWNCRIER_URL=http://" + r.addr
	activate := func(code, to string) (key string) {
		t.Helper()
		if exit, _, errs := command(t, []string{over}, "", "staff", "activate", code); exit != 1 || !strings.Contains(errs, "199****"+to[7:]) || !strings.Contains(errs, "--sms-code") {
			t.Fatalf("activate: exit %d: %s", exit, errs)
		}
		key = strings.TrimSpace(ok(t, []string{over}, "staff", "activate", code, "--sms-code", pretend.texted(t, to)))
		if !strings.HasPrefix(key, "tck_") || strings.ContainsAny(key, " \n") {
			t.Fatal("standard output is not the key alone")
		}
		return key
	}
	as := func(key string) []string { return []string{over, config.KeyVariable + "=" + key} }
	is := func(key, name string) {
		t.Helper()
		if out := ok(t, as(key), "broadcast", "whoami"); !strings.Contains(out, name) {
			t.Errorf("whoami: %s; want %s", out, name)
		}
	}
	refuses(t, machine, 1, "请用 --phone 写本人的手机号", "staff", "invite", "anna", "--role", "admin", "--name", "安娜")
	refuses(t, machine, 2, "--role 只能写 admin", "staff", "invite", "li", "--role", "author")
	anna := activate(strings.TrimSpace(ok(t, machine, "staff", "invite", "anna", "--role", "admin", "--name", "安娜", "--phone", "19900009001")), "19900009001")
	is(anna, "anna")
	bao := activate(strings.TrimSpace(ok(t, machine, "staff", "invite", "bao", "--role", "管理员", "--phone", "19900009002")), "19900009002")
	refuses(t, machine, 1, "初始设置已结束", "staff", "invite", "chao", "--role", "admin", "--phone", "19900009003")
	is(anna, "anna")

	ok(t, as(anna), "staff", "add", "li", "--name", "李某", "--role", "author")
	code := strings.TrimSpace(ok(t, as(anna), "staff", "invite", "li"))
	list := ok(t, as(bao), "staff", "invitations")
	if !strings.Contains(list, "li") || !strings.Contains(list, "待确认") || strings.Contains(list, "tca_") {
		t.Fatalf("invitations: %s", list)
	}
	id := strings.Split(code, "_")[1]
	refuses(t, as(anna), 1, "另一位管理员", "staff", "confirm", id, "--phone", "19900009004")
	ok(t, as(bao), "staff", "confirm", id, "--phone", "19900009004")
	li := activate(code, "19900009004")
	is(li, "li")

	refuses(t, as(li), 1, "--sms-code", "staff", "phone", "19900009005")
	if out := ok(t, as(li), "staff", "phone", "19900009005", "--sms-code", pretend.texted(t, "19900009005")); !strings.Contains(out, "199****9005") {
		t.Errorf("phone: %s", out)
	}
	// The number that was theirs until now hears of the new key and of the new number.
	until(t, "the person is told of both changes", func() bool {
		_, body := pretend.get(t, "/sandbox/record")
		var entries []platform.Entry
		if err := json.Unmarshal([]byte(body), &entries); err != nil {
			t.Fatal(err)
		}
		told := 0
		for _, e := range entries {
			if e.SMS != nil && e.SMS.Phone == "19900009004" && e.SMS.Template == pretendsms.DefaultStaffTemplate {
				told++
			}
		}
		return told == 2
	})
	// One of two admins lost their key: the other cannot help alone, so the machine does.
	ok(t, as(anna), "staff", "change", "li", "--role", "approver", "--name", "李处")
	refuses(t, as(li), 1, "401 key", "broadcast", "whoami")
	renewed := activate(strings.TrimSpace(ok(t, machine, "staff", "renew", "anna", "--phone", "19900009006")), "19900009006")
	refuses(t, as(anna), 1, "401 key", "broadcast", "whoami")
	is(renewed, "anna")
	wantIn(t, ok(t, as(renewed), "alarm", "list"), "admin-changed", "管理员 anna 由 local:", "在服务器上更换密钥")
	if log := r.log.String(); strings.Contains(log, "tck_") || strings.Contains(log, "tca_") || strings.Contains(log, "1990000900") {
		t.Error("the log holds a key, an activation code or a number")
	}
}

// TestKeysWithoutSMS has the second admin confirm in person, which the audit log says.
func TestKeysWithoutSMS(t *testing.T) {
	cfg := production(t)
	r := serve(t, cfg)
	if !strings.Contains(r.log.String(), "set-up is open") {
		t.Error("a start during set-up does not say so")
	}
	machine := []string{"TOWNCRIER_DATABASE=" + cfg.Database, "TOWNCRIER_KEY=" + keyText(cfg)}
	over := "TOWNCRIER_URL=http://" + r.addr
	keys := map[string]string{}
	for _, id := range []string{"anna", "bao"} {
		code := strings.TrimSpace(ok(t, machine, "staff", "invite", id, "--role", "admin"))
		keys[id] = strings.TrimSpace(ok(t, []string{over}, "staff", "activate", code))
	}
	as := func(id string) []string { return []string{over, config.KeyVariable + "=" + keys[id]} }
	ok(t, as("anna"), "staff", "add", "li", "--name", "李某", "--role", "approver")
	code := strings.TrimSpace(ok(t, as("anna"), "staff", "invite", "li"))
	id := strings.Split(code, "_")[1]
	refuses(t, []string{over}, 1, "还没有经另一位管理员确认", "staff", "activate", code)
	refuses(t, as("bao"), 1, "当面核实", "staff", "confirm", id)
	ok(t, as("bao"), "staff", "confirm", id, "--in-person")
	ok(t, []string{over}, "staff", "activate", code)
	refuses(t, as("bao"), 1, "短信没有开通", "staff", "phone", "19900009005")
	if out := recorded(t, machine, audit.Filter{Subject: "li"}); strings.Count(out, "proof=in-person") != 2 {
		t.Errorf("recorded: %s", out)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	again := serve(t, cfg)
	if strings.Contains(again.log.String(), "set-up is open") {
		t.Error("a start after set-up says that it is open")
	}
	noted := regexp.MustCompile(`noted=(\d+:[0-9a-f]{64})`).FindStringSubmatch(again.log.String())
	if noted == nil {
		t.Fatal("serve notes no entry of the audit log")
	}
	ok(t, machine, "audit", "verify", "--noted", noted[1])
}

// TestServeSaysThatStaffIsNotTold: with SMS, but no template for it, nobody hears that a key was opened in their name.
func TestServeSaysThatStaffIsNotTold(t *testing.T) {
	for more, told := range map[string]bool{"": false, "TOWNCRIER_SMS_STAFF_TEMPLATE=SMS_100000002": true} {
		cfg := production(t, smsEnv(smallCity[0], more, "TOWNCRIER_LISTEN=127.0.0.1:0", "TOWNCRIER_WECHAT_API=http://127.0.0.1:1",
			"TOWNCRIER_SMS_ENDPOINT=http://127.0.0.1:1", "TOWNCRIER_DATA="+t.TempDir())...)
		r := serve(t, cfg)
		r.checked(t)
		if strings.Contains(r.log.String(), "set TOWNCRIER_SMS_STAFF_TEMPLATE") == told {
			t.Errorf("%q: the log is\n%s", more, r.log)
		}
	}
}
