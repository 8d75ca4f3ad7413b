package doctor_test

import (
	"strings"
	"testing"
	"time"

	"towncrier/aliyun"
	"towncrier/cmd/towncrier/doctor"
	"towncrier/content"
	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	"towncrier/sandbox/sandboxtest"
	pretendsms "towncrier/sandbox/sms"
)

// fixture is the pretend platforms, and our clients of them.
type fixture struct {
	*sandboxtest.Fixture
	texts *aliyun.Client
}

func newFixture(t *testing.T, change ...func(*sandbox.Config)) fixture {
	t.Helper()
	cfg := sandbox.Config{SMS: &pretendsms.Config{AccessKeyID: sandboxtest.KeyID, AccessKeySecret: sandboxtest.KeySecret}}
	cfg.Now = time.Now // Alibaba Cloud compares clocks
	for _, f := range change {
		f(&cfg)
	}
	f := fixture{Fixture: sandboxtest.Open(t, sandboxtest.Setting{Sandbox: cfg, Answer: sandboxtest.Saying("好")})}
	var err error
	f.texts, err = aliyun.New(aliyun.Config{
		AccessKeyID: sandboxtest.KeyID, AccessKeySecret: sandboxtest.KeySecret, Sign: pretendsms.DefaultSign, Endpoint: f.URL + "/sandbox/aliyun",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.texts.Close)
	return f
}

func (f fixture) fail(t *testing.T, api, kind string) {
	t.Helper()
	f.Faults.Clear()
	if err := f.Faults.Add(platform.Fault{API: api, Kind: kind}); err != nil {
		t.Fatal(err)
	}
}

// finds runs a check. want are "STATE what / what to do" of its findings, in parts that they hold.
func finds(t *testing.T, name string, c doctor.Check, want ...string) {
	t.Helper()
	found := doctor.Run(t.Context(), []doctor.Check{c})[0].Findings
	if len(found) != len(want) {
		t.Errorf("%s: found %+v, want %q", name, found, want)
		return
	}
	for i, f := range found {
		state, words, _ := strings.Cut(want[i], " ")
		what, remedy, _ := strings.Cut(words, " / ")
		wrong := string(f.State) != state || !strings.Contains(f.What, what) || !strings.Contains(f.Remedy, remedy)
		if wrong || f.State.Wrong() && f.Remedy == "" {
			t.Errorf("%s: found %+v\n  want %s", name, f, want[i])
		}
		for _, secret := range []string{sandboxtest.Secret, sandboxtest.KeySecret, sandboxtest.AESKey, pushKey} {
			if strings.Contains(f.What+f.Remedy, secret) {
				t.Errorf("%s: shows %s", name, secret)
			}
		}
	}
}

// library is a city with templates.
func library(templates ...*content.Template) func() *content.Library {
	lib := &content.Library{Templates: map[string]*content.Template{}}
	for _, t := range templates {
		lib.Templates[t.ID] = t
	}
	return func() *content.Library { return lib }
}

// weChatTemplate is one of ours with keys and labels "key label".
func weChatTemplate(id, channel, code string, vars ...string) *content.Template {
	t := &content.Template{ID: id, Channel: channel, Code: code, Title: "社区通知"}
	for _, v := range vars {
		key, label, _ := strings.Cut(v, " ")
		t.Vars = append(t.Vars, content.TemplateVar{Name: key, Label: label})
	}
	return t
}

// at is a clock that is off.
func at(off time.Duration) func() time.Time { return func() time.Time { return time.Now().Add(off) } }
