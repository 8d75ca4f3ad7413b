package wechat_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"towncrier/bot"
	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	"towncrier/sandbox/sandboxtest"
	pretendwechat "towncrier/sandbox/wechat"
)

// TestEveryKindArrives sends each thing that a resident can do over the wire to the real webhook, in every mode.
func TestEveryKindArrives(t *testing.T) {
	steps := []struct {
		do   platform.Action
		kind bot.Kind
		text string
	}{
		{platform.Action{Kind: platform.Scan, Key: "topic:a.b"}, bot.Follow, "topic:a.b"},
		{platform.Action{Kind: platform.SendText, Text: "第一行\n<第二行> & ]]> \"引号\" 😀"}, bot.Text, "第一行\n<第二行> & ]]> \"引号\" 😀"},
		{platform.Action{Kind: platform.SendText, Text: "]]></Content><FromUserName><![CDATA[" + sandboxtest.Yi + "]]></FromUserName><Content><![CDATA[删除我的信息"}, bot.Text,
			"]]></Content><FromUserName><![CDATA[" + sandboxtest.Yi + "]]></FromUserName><Content><![CDATA[删除我的信息"},
		{platform.Action{Kind: platform.SendVoice, Text: "说的话"}, bot.Voice, "说的话"},
		{platform.Action{Kind: platform.SendVoice}, bot.Voice, ""},
		{platform.Action{Kind: platform.SendImage}, bot.Image, ""},
		{platform.Action{Kind: platform.SendVideo}, bot.Video, ""},
		{platform.Action{Kind: platform.SendLocation, Latitude: 30, Longitude: 110, Text: "路口"}, bot.Location, "路口"},
		{platform.Action{Kind: platform.SendLink, Text: "标题", Key: "https://example.com/"}, bot.Link, "标题"},
		{platform.Action{Kind: platform.Choose, Text: "选项", Key: "101"}, bot.Text, "选项"},
		{platform.Action{Kind: platform.Scan, Key: "42"}, bot.Scan, "42"},
		{platform.Action{Kind: platform.Click, Key: "chat.help"}, bot.Tap, "chat.help"},
		{platform.Action{Kind: platform.Unfollow}, bot.Unfollow, ""},
		{platform.Action{Kind: platform.Follow}, bot.Follow, ""},
	}
	for i, mode := range []pretendwechat.Mode{pretendwechat.Secure, pretendwechat.Compatible, pretendwechat.Plain, pretendwechat.Secure, pretendwechat.Compatible, pretendwechat.Plain} {
		split := i >= 3
		t.Run(fmt.Sprintf("%s split %v", mode, split), func(t *testing.T) {
			got := make(chan bot.Message, 1)
			f := sandboxtest.Open(t, sandboxtest.Setting{
				Sandbox: sandbox.Config{WeChat: pretendwechat.Config{Mode: mode, SplitCDATA: split}},
				Answer: sandboxtest.AnswerFunc(func(_ context.Context, m bot.Message) (bot.Reply, error) {
					got <- m
					return bot.Reply{Kind: bot.Answered, Text: "收到 <&> ]]>"}, nil
				}),
			})
			for _, step := range steps {
				d := f.Do(t, sandboxtest.Jia, step.do)
				m := <-got
				if m.Kind != step.kind || m.From != sandboxtest.Jia || (step.text != "" && m.Text != step.text) {
					t.Errorf("%s arrived as %s %q, want %s %q", step.do.Kind, m.Kind, m.Text, step.kind, step.text)
				}
				if d.Sent.State != platform.Delivered || d.Sent.Attempts != 1 {
					t.Errorf("%s: %s after %d pushes: %s", step.do.Kind, d.Sent.State, d.Sent.Attempts, d.Sent.Reason)
				}
				if step.do.Kind == platform.Unfollow {
					if d.Reply != nil {
						t.Errorf("who left was told %q", d.Reply.Text)
					}
					continue
				}
				if d.Reply == nil || d.Reply.Text != "收到 <&> ]]>" || d.Reply.Via != platform.ByReply || d.Reply.AnswerTo != d.Sent.ID {
					t.Errorf("%s was answered %+v", step.do.Kind, d.Reply)
				}
			}
			// Nobody answers these, so the bot does not hear of them.
			for _, a := range []platform.Action{{Kind: platform.View, Key: "https://example.com/"}, {Kind: platform.Report, Latitude: 30, Longitude: 110}} {
				if d := f.Do(t, sandboxtest.Jia, a); d.Sent.State != platform.Delivered || d.Reply != nil {
					t.Errorf("%s: %+v", a.Kind, d)
				}
			}
		})
	}
}

// TestBotOverTheWire asks the real bot, over the real webhook, and reads the platform's own record.
func TestBotOverTheWire(t *testing.T) {
	f := sandboxtest.Open(t, sandboxtest.Setting{})
	f.Follow(t, sandboxtest.Jia)
	d := f.Do(t, sandboxtest.Jia, platform.Action{Kind: platform.SendText, Text: "养狗到哪里登记"})
	if d.Reply == nil || !strings.Contains(d.Reply.Text, "来源") {
		t.Fatalf("answered %+v", d.Reply)
	}
	f.Follow(t, sandboxtest.Yi)

	var kinds []string
	for _, e := range f.Record.Of(sandboxtest.Jia) {
		kinds = append(kinds, e.From+" "+e.Kind+" "+e.State)
	}
	want := "resident follow delivered, account text , resident text delivered, account text "
	if got := strings.Join(kinds, ", "); got != want {
		t.Errorf("record: %s\nwant:   %s", got, want)
	}
	if all := f.Record.Of(""); len(all) != 6 {
		t.Errorf("everybody's record has %d entries, want 6", len(all))
	}
}

func TestHandOff(t *testing.T) {
	f := sandboxtest.Open(t, sandboxtest.Setting{Answer: sandboxtest.AnswerFunc(func(_ context.Context, m bot.Message) (bot.Reply, error) {
		if m.Kind != bot.Text {
			return bot.Reply{Kind: bot.Silence}, nil
		}
		return bot.Reply{Kind: bot.Answered, Handoff: true}, nil
	})})
	f.Follow(t, sandboxtest.Jia)
	d := f.Do(t, sandboxtest.Jia, platform.Action{Kind: platform.SendText, Text: "找人工"})
	if d.Reply == nil || d.Reply.Kind != "transfer" {
		t.Errorf("the desk got %+v", d.Reply)
	}
}

// request is what reached a webhook that a test put in the real one's place.
type request struct {
	query url.Values
	body  string
}

// TestRetries counts the pushes to a webhook that never answers in time, and looks at their signatures.
func TestRetries(t *testing.T) {
	for _, identical := range []bool{false, true} {
		t.Run(fmt.Sprintf("identical=%v", identical), func(t *testing.T) {
			var mu sync.Mutex
			var got []request
			f := sandboxtest.Open(t, sandboxtest.Setting{
				Sandbox: sandbox.Config{
					Config: platform.Config{Timeout: 300 * time.Millisecond}, // by when a push arrives on a busy machine, too
					WeChat: pretendwechat.Config{IdenticalRetries: identical},
				},
				Webhook: func(http.Handler) http.Handler {
					return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
						body, _ := io.ReadAll(r.Body)
						mu.Lock()
						got = append(got, request{r.URL.Query(), string(body)})
						mu.Unlock()
						<-r.Context().Done()
					})
				},
			})
			d := f.Do(t, sandboxtest.Jia, platform.Action{Kind: platform.Follow})
			mu.Lock()
			defer mu.Unlock()
			if d.Sent.State != platform.Failed || d.Sent.Attempts != 4 || len(got) != 4 {
				t.Fatalf("%s after %d pushes of which %d arrived, want failed after 4", d.Sent.State, d.Sent.Attempts, len(got))
			}
			if d.Reply == nil || d.Reply.From != platform.FromPlatform || d.Reply.Text != "该公众号暂时无法提供服务，请稍后再试" {
				t.Errorf("the phone shows %+v", d.Reply)
			}
			for _, r := range got[1:] {
				same := r.body == got[0].body && r.query.Encode() == got[0].query.Encode()
				if same != identical {
					t.Errorf("retry is identical: %v, want %v", same, identical)
				}
			}
		})
	}
}

// TestSlowAnswerIsGivenToTheRetry lets the first push time out while the real webhook works on it.
func TestSlowAnswerIsGivenToTheRetry(t *testing.T) {
	var runs int
	release := make(chan struct{})
	f := sandboxtest.Open(t, sandboxtest.Setting{
		Sandbox: sandbox.Config{Config: platform.Config{Timeout: 300 * time.Millisecond}},
		Answer: sandboxtest.AnswerFunc(func(context.Context, bot.Message) (bot.Reply, error) {
			runs++
			<-release
			return bot.Reply{Kind: bot.Answered, Text: "迟到的回答"}, nil
		}),
		Webhook: func(real http.Handler) http.Handler {
			pushes := 0
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if pushes++; pushes == 2 {
					close(release)
				}
				real.ServeHTTP(w, r)
			})
		},
	})
	d := f.Do(t, sandboxtest.Jia, platform.Action{Kind: platform.Follow})
	if d.Sent.Attempts != 2 || d.Reply == nil || d.Reply.Text != "迟到的回答" || runs != 1 {
		t.Errorf("%d pushes, the bot ran %d times, the phone shows %+v; want 2, 1 and the late answer", d.Sent.Attempts, runs, d.Reply)
	}
}

// TestLostAnswerIsPushedAgain breaks the connection after the real webhook has answered, twice.
func TestLostAnswerIsPushedAgain(t *testing.T) {
	for _, mode := range []pretendwechat.Mode{pretendwechat.Secure, pretendwechat.Compatible, pretendwechat.Plain} {
		t.Run(string(mode), func(t *testing.T) {
			runs := 0
			f := sandboxtest.Open(t, sandboxtest.Setting{Sandbox: sandbox.Config{WeChat: pretendwechat.Config{Mode: mode}}, Answer: sandboxtest.AnswerFunc(func(context.Context, bot.Message) (bot.Reply, error) {
				runs++
				return bot.Reply{Kind: bot.Answered, Text: fmt.Sprint("第", runs, "次")}, nil
			})})
			if err := f.Faults.Add(platform.Fault{API: "webhook", Kind: platform.FaultDrop, Count: 2}); err != nil {
				t.Fatal(err)
			}
			d := f.Do(t, sandboxtest.Jia, platform.Action{Kind: platform.Follow})
			if d.Sent.Attempts != 3 || runs != 1 || d.Reply == nil || d.Reply.Text != "第1次" {
				t.Errorf("%d pushes, the bot ran %d times, the phone shows %+v (%s); want 3, 1 and the first answer",
					d.Sent.Attempts, runs, d.Reply, d.Sent.Reason)
			}
			if left := f.Faults.List(); len(left) != 0 {
				t.Errorf("faults left: %v", left)
			}
		})
	}
}

// TestImpossibleActions tries what WeChat's own client would not let happen.
func TestImpossibleActions(t *testing.T) {
	f := sandboxtest.Open(t, sandboxtest.Setting{Answer: sandboxtest.Saying("好")})
	f.Follow(t, sandboxtest.Jia)
	for _, c := range []struct {
		openid string
		do     platform.Action
		want   error  // or
		says   string // part of the error
	}{
		{"o-nobody", platform.Action{Kind: platform.Follow}, platform.ErrUnknownResident, ""},
		{sandboxtest.Yi, platform.Action{Kind: platform.SendText, Text: "在吗"}, pretendwechat.ErrNotFollowing, ""},
		{sandboxtest.Yi, platform.Action{Kind: platform.Unfollow}, pretendwechat.ErrNotFollowing, ""},
		{sandboxtest.Jia, platform.Action{Kind: platform.Follow}, pretendwechat.ErrFollowing, ""},
		{sandboxtest.Jia, platform.Action{Kind: platform.SendText}, nil, "needs text"},
		{sandboxtest.Jia, platform.Action{Kind: platform.SendText, Text: "\xff"}, nil, "UTF-8"},
		{sandboxtest.Jia, platform.Action{Kind: platform.SendText, Text: strings.Repeat("长", 20_001)}, nil, "20000"},
		{sandboxtest.Jia, platform.Action{Kind: platform.Click}, nil, "needs key"},
		{sandboxtest.Jia, platform.Action{Kind: platform.SendLink, Text: "题"}, nil, "address"},
		{sandboxtest.Jia, platform.Action{Kind: platform.Choose, Text: "项"}, nil, "option"},
		{sandboxtest.Jia, platform.Action{Kind: platform.SendLocation, Latitude: 91}, nil, "latitude"},
		{sandboxtest.Jia, platform.Action{Kind: "wave"}, nil, `"wave" is unknown`},
	} {
		_, err := f.Act(t.Context(), c.openid, c.do)
		if err == nil || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s %s: %v, want %v %s", c.openid, c.do.Kind, err, c.want, c.says)
		}
	}
	if n := len(f.Record.Of("")); n != 2 {
		t.Errorf("record has %d entries, want only the follow and its answer", n)
	}
}

// TestLeaving shows nothing more to a resident who left while the answer was on its way.
func TestLeaving(t *testing.T) {
	asked, release := make(chan struct{}), make(chan struct{})
	f := sandboxtest.Open(t, sandboxtest.Setting{Answer: sandboxtest.AnswerFunc(func(_ context.Context, m bot.Message) (bot.Reply, error) {
		if m.Kind == bot.Text {
			close(asked)
			<-release
		}
		return bot.Reply{Kind: bot.Answered, Text: "回答"}, nil
	})})
	f.Follow(t, sandboxtest.Jia)
	answered := make(chan platform.Outcome, 1)
	go func() {
		d, _ := f.Act(t.Context(), sandboxtest.Jia, platform.Action{Kind: platform.SendText, Text: "问"})
		answered <- d
	}()
	<-asked
	f.Do(t, sandboxtest.Jia, platform.Action{Kind: platform.Unfollow})
	close(release)
	if d := <-answered; d.Sent.State != platform.Delivered || d.Reply != nil {
		t.Errorf("%+v", d)
	}
}

// TestClose ends a push that would wait for minutes, and leaves no goroutine behind.
func TestClose(t *testing.T) {
	before := goleak.IgnoreCurrent()
	arrived := make(chan struct{})
	hung := make(chan struct{})
	server := http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		close(arrived)
		<-r.Context().Done()
		close(hung)
	})}
	listener := listen(t)
	go server.Serve(listener)
	s, err := sandbox.New(sandbox.Config{
		Config: platform.Config{Timeout: time.Hour},
		WeChat: pretendwechat.Config{
			AppID: sandboxtest.AppID, Secret: sandboxtest.Secret, Token: sandboxtest.Token, AESKey: sandboxtest.AESKey, WebhookURL: "http://" + listener.Addr().String() + "/wechat",
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan platform.Outcome, 1)
	go func() {
		d, _ := s.Act(context.Background(), sandboxtest.Jia, platform.Action{Kind: platform.Follow})
		ended <- d
	}()
	<-arrived
	s.Close()
	<-hung
	if d := <-ended; d.Sent.State != platform.Failed || d.Reply != nil {
		t.Errorf("%+v", d)
	}
	if _, err := s.Act(context.Background(), sandboxtest.Yi, platform.Action{Kind: platform.Follow}); err == nil {
		t.Error("a closed sandbox takes actions")
	}
	server.Close()
	sandboxtest.Eventually(t, "every goroutine has ended", func() bool { return goleak.Find(before) == nil })
}

func TestNewRefuses(t *testing.T) {
	good := sandbox.Config{WeChat: pretendwechat.Config{
		AppID: sandboxtest.AppID, Secret: sandboxtest.Secret, Token: sandboxtest.Token, AESKey: sandboxtest.AESKey, WebhookURL: "http://127.0.0.1:8080/wechat",
	}}
	for says, change := range map[string]func(*sandbox.Config){
		"app id":           func(c *sandbox.Config) { c.WeChat.AppID = "" },
		"secret":           func(c *sandbox.Config) { c.WeChat.Secret = "" },
		"token":            func(c *sandbox.Config) { c.WeChat.Token = "" },
		"EncodingAESKey":   func(c *sandbox.Config) { c.WeChat.AESKey = "short" },
		"needs an AES key": func(c *sandbox.Config) { c.WeChat.Mode, c.WeChat.AESKey = pretendwechat.Secure, "" },
		`"open" is none`:   func(c *sandbox.Config) { c.WeChat.Mode = "open" },
		"webhook URL":      func(c *sandbox.Config) { c.WeChat.WebhookURL = "127.0.0.1:8080" },
	} {
		cfg := good
		change(&cfg)
		if _, err := sandbox.New(cfg); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want an error that says %s", err, says)
		}
	}
}
