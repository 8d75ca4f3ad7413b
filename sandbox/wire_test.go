package sandbox_test

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
)

// TestEveryKindArrives sends each thing that a resident can do over the wire to the real webhook, in every mode.
func TestEveryKindArrives(t *testing.T) {
	steps := []struct {
		do   sandbox.Action
		kind bot.Kind
		text string
	}{
		{sandbox.Action{Kind: sandbox.Scan, Key: "topic:a.b"}, bot.Follow, "topic:a.b"},
		{sandbox.Action{Kind: sandbox.SendText, Text: "第一行\n<第二行> & ]]> \"引号\" 😀"}, bot.Text, "第一行\n<第二行> & ]]> \"引号\" 😀"},
		{sandbox.Action{Kind: sandbox.SendText, Text: "]]></Content><FromUserName><![CDATA[" + yi + "]]></FromUserName><Content><![CDATA[删除我的信息"}, bot.Text,
			"]]></Content><FromUserName><![CDATA[" + yi + "]]></FromUserName><Content><![CDATA[删除我的信息"},
		{sandbox.Action{Kind: sandbox.SendVoice, Text: "说的话"}, bot.Voice, "说的话"},
		{sandbox.Action{Kind: sandbox.SendVoice}, bot.Voice, ""},
		{sandbox.Action{Kind: sandbox.SendImage}, bot.Image, ""},
		{sandbox.Action{Kind: sandbox.SendVideo}, bot.Video, ""},
		{sandbox.Action{Kind: sandbox.SendLocation, Latitude: 30, Longitude: 110, Text: "路口"}, bot.Location, "路口"},
		{sandbox.Action{Kind: sandbox.SendLink, Text: "标题", Key: "https://example.com/"}, bot.Link, "标题"},
		{sandbox.Action{Kind: sandbox.Choose, Text: "选项", Key: "101"}, bot.Text, "选项"},
		{sandbox.Action{Kind: sandbox.Scan, Key: "42"}, bot.Scan, "42"},
		{sandbox.Action{Kind: sandbox.Click, Key: "chat.help"}, bot.Tap, "chat.help"},
		{sandbox.Action{Kind: sandbox.Unfollow}, bot.Unfollow, ""},
		{sandbox.Action{Kind: sandbox.Follow}, bot.Follow, ""},
	}
	for i, mode := range []sandbox.Mode{sandbox.Secure, sandbox.Compatible, sandbox.Plain, sandbox.Secure, sandbox.Compatible, sandbox.Plain} {
		split := i >= 3
		t.Run(fmt.Sprintf("%s split %v", mode, split), func(t *testing.T) {
			got := make(chan bot.Message, 1)
			tw := open(t, setting{
				sandbox: sandbox.Config{Mode: mode, SplitCDATA: split},
				answer: answerFunc(func(_ context.Context, m bot.Message) (bot.Reply, error) {
					got <- m
					return bot.Reply{Kind: bot.Answered, Text: "收到 <&> ]]>"}, nil
				}),
			})
			for _, step := range steps {
				d := tw.act(t, jia, step.do)
				m := <-got
				if m.Kind != step.kind || m.From != jia || (step.text != "" && m.Text != step.text) {
					t.Errorf("%s arrived as %s %q, want %s %q", step.do.Kind, m.Kind, m.Text, step.kind, step.text)
				}
				if d.Sent.State != sandbox.Delivered || d.Sent.Attempts != 1 {
					t.Errorf("%s: %s after %d pushes: %s", step.do.Kind, d.Sent.State, d.Sent.Attempts, d.Sent.Reason)
				}
				if step.do.Kind == sandbox.Unfollow {
					if d.Reply != nil {
						t.Errorf("who left was told %q", d.Reply.Text)
					}
					continue
				}
				if d.Reply == nil || d.Reply.Text != "收到 <&> ]]>" || d.Reply.Via != sandbox.ByReply || d.Reply.AnswerTo != d.Sent.ID {
					t.Errorf("%s was answered %+v", step.do.Kind, d.Reply)
				}
			}
			// Nobody answers these, so the bot does not hear of them.
			for _, a := range []sandbox.Action{{Kind: sandbox.View, Key: "https://example.com/"}, {Kind: sandbox.Report, Latitude: 30, Longitude: 110}} {
				if d := tw.act(t, jia, a); d.Sent.State != sandbox.Delivered || d.Reply != nil {
					t.Errorf("%s: %+v", a.Kind, d)
				}
			}
		})
	}
}

// TestBotOverTheWire asks the real bot, over the real webhook, and reads the platform's own record.
func TestBotOverTheWire(t *testing.T) {
	tw := open(t, setting{})
	tw.follow(t, jia)
	d := tw.act(t, jia, sandbox.Action{Kind: sandbox.SendText, Text: "养狗到哪里登记"})
	if d.Reply == nil || !strings.Contains(d.Reply.Text, "来源") {
		t.Fatalf("answered %+v", d.Reply)
	}
	tw.follow(t, yi)

	var kinds []string
	for _, e := range tw.Record(jia) {
		kinds = append(kinds, e.From+" "+e.Kind+" "+e.State)
	}
	want := "resident follow delivered, account text , resident text delivered, account text "
	if got := strings.Join(kinds, ", "); got != want {
		t.Errorf("record: %s\nwant:   %s", got, want)
	}
	if all := tw.Record(""); len(all) != 6 {
		t.Errorf("everybody's record has %d entries, want 6", len(all))
	}
}

func TestHandOff(t *testing.T) {
	tw := open(t, setting{answer: answerFunc(func(_ context.Context, m bot.Message) (bot.Reply, error) {
		if m.Kind != bot.Text {
			return bot.Reply{Kind: bot.Silence}, nil
		}
		return bot.Reply{Kind: bot.Answered, Handoff: true}, nil
	})})
	tw.follow(t, jia)
	d := tw.act(t, jia, sandbox.Action{Kind: sandbox.SendText, Text: "找人工"})
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
			tw := open(t, setting{
				sandbox: sandbox.Config{IdenticalRetries: identical, Timeout: 300 * time.Millisecond}, // by when a push arrives on a busy machine, too
				webhook: func(http.Handler) http.Handler {
					return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
						body, _ := io.ReadAll(r.Body)
						mu.Lock()
						got = append(got, request{r.URL.Query(), string(body)})
						mu.Unlock()
						<-r.Context().Done()
					})
				},
			})
			d := tw.act(t, jia, sandbox.Action{Kind: sandbox.Follow})
			mu.Lock()
			defer mu.Unlock()
			if d.Sent.State != sandbox.Failed || d.Sent.Attempts != 4 || len(got) != 4 {
				t.Fatalf("%s after %d pushes of which %d arrived, want failed after 4", d.Sent.State, d.Sent.Attempts, len(got))
			}
			if d.Reply == nil || d.Reply.From != sandbox.FromPlatform || d.Reply.Text != "该公众号暂时无法提供服务，请稍后再试" {
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
	tw := open(t, setting{
		sandbox: sandbox.Config{Timeout: 300 * time.Millisecond},
		answer: answerFunc(func(context.Context, bot.Message) (bot.Reply, error) {
			runs++
			<-release
			return bot.Reply{Kind: bot.Answered, Text: "迟到的回答"}, nil
		}),
		webhook: func(real http.Handler) http.Handler {
			pushes := 0
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if pushes++; pushes == 2 {
					close(release)
				}
				real.ServeHTTP(w, r)
			})
		},
	})
	d := tw.act(t, jia, sandbox.Action{Kind: sandbox.Follow})
	if d.Sent.Attempts != 2 || d.Reply == nil || d.Reply.Text != "迟到的回答" || runs != 1 {
		t.Errorf("%d pushes, the bot ran %d times, the phone shows %+v; want 2, 1 and the late answer", d.Sent.Attempts, runs, d.Reply)
	}
}

// TestLostAnswerIsPushedAgain breaks the connection after the real webhook has answered, twice.
func TestLostAnswerIsPushedAgain(t *testing.T) {
	for _, mode := range []sandbox.Mode{sandbox.Secure, sandbox.Compatible, sandbox.Plain} {
		t.Run(string(mode), func(t *testing.T) {
			runs := 0
			tw := open(t, setting{sandbox: sandbox.Config{Mode: mode}, answer: answerFunc(func(context.Context, bot.Message) (bot.Reply, error) {
				runs++
				return bot.Reply{Kind: bot.Answered, Text: fmt.Sprint("第", runs, "次")}, nil
			})})
			if err := tw.Fault(sandbox.Fault{API: "webhook", Kind: sandbox.FaultDrop, Count: 2}); err != nil {
				t.Fatal(err)
			}
			d := tw.act(t, jia, sandbox.Action{Kind: sandbox.Follow})
			if d.Sent.Attempts != 3 || runs != 1 || d.Reply == nil || d.Reply.Text != "第1次" {
				t.Errorf("%d pushes, the bot ran %d times, the phone shows %+v (%s); want 3, 1 and the first answer",
					d.Sent.Attempts, runs, d.Reply, d.Sent.Reason)
			}
			if left := tw.Faults(); len(left) != 0 {
				t.Errorf("faults left: %v", left)
			}
		})
	}
}

// TestImpossibleActions tries what WeChat's own client would not let happen.
func TestImpossibleActions(t *testing.T) {
	tw := open(t, setting{answer: saying("好")})
	tw.follow(t, jia)
	for _, c := range []struct {
		openid string
		do     sandbox.Action
		want   error  // or
		says   string // part of the error
	}{
		{"o-nobody", sandbox.Action{Kind: sandbox.Follow}, sandbox.ErrUnknownResident, ""},
		{yi, sandbox.Action{Kind: sandbox.SendText, Text: "在吗"}, sandbox.ErrNotFollowing, ""},
		{yi, sandbox.Action{Kind: sandbox.Unfollow}, sandbox.ErrNotFollowing, ""},
		{jia, sandbox.Action{Kind: sandbox.Follow}, sandbox.ErrFollowing, ""},
		{jia, sandbox.Action{Kind: sandbox.SendText}, nil, "needs text"},
		{jia, sandbox.Action{Kind: sandbox.SendText, Text: "\xff"}, nil, "UTF-8"},
		{jia, sandbox.Action{Kind: sandbox.SendText, Text: strings.Repeat("长", 20_001)}, nil, "20000"},
		{jia, sandbox.Action{Kind: sandbox.Click}, nil, "needs key"},
		{jia, sandbox.Action{Kind: sandbox.SendLink, Text: "题"}, nil, "address"},
		{jia, sandbox.Action{Kind: sandbox.Choose, Text: "项"}, nil, "option"},
		{jia, sandbox.Action{Kind: sandbox.SendLocation, Latitude: 91}, nil, "latitude"},
		{jia, sandbox.Action{Kind: "wave"}, nil, `"wave" is unknown`},
	} {
		_, err := tw.Act(t.Context(), c.openid, c.do)
		if err == nil || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s %s: %v, want %v %s", c.openid, c.do.Kind, err, c.want, c.says)
		}
	}
	if n := len(tw.Record("")); n != 2 {
		t.Errorf("record has %d entries, want only the follow and its answer", n)
	}
}

// TestLeaving shows nothing more to a resident who left while the answer was on its way.
func TestLeaving(t *testing.T) {
	asked, release := make(chan struct{}), make(chan struct{})
	tw := open(t, setting{answer: answerFunc(func(_ context.Context, m bot.Message) (bot.Reply, error) {
		if m.Kind == bot.Text {
			close(asked)
			<-release
		}
		return bot.Reply{Kind: bot.Answered, Text: "回答"}, nil
	})})
	tw.follow(t, jia)
	answered := make(chan sandbox.Delivery, 1)
	go func() {
		d, _ := tw.Act(t.Context(), jia, sandbox.Action{Kind: sandbox.SendText, Text: "问"})
		answered <- d
	}()
	<-asked
	tw.act(t, jia, sandbox.Action{Kind: sandbox.Unfollow})
	close(release)
	if d := <-answered; d.Sent.State != sandbox.Delivered || d.Reply != nil {
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
		AppID: appID, Secret: secret, Token: token, AESKey: aesKey, WebhookURL: "http://" + listener.Addr().String() + "/wechat",
		Timeout: time.Hour,
	})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan sandbox.Delivery, 1)
	go func() {
		d, _ := s.Act(context.Background(), jia, sandbox.Action{Kind: sandbox.Follow})
		ended <- d
	}()
	<-arrived
	s.Close()
	<-hung
	if d := <-ended; d.Sent.State != sandbox.Failed || d.Reply != nil {
		t.Errorf("%+v", d)
	}
	if _, err := s.Act(context.Background(), yi, sandbox.Action{Kind: sandbox.Follow}); err == nil {
		t.Error("a closed sandbox takes actions")
	}
	server.Close()
	eventually(t, "every goroutine has ended", func() bool { return goleak.Find(before) == nil })
}

func TestNewRefuses(t *testing.T) {
	good := sandbox.Config{AppID: appID, Secret: secret, Token: token, AESKey: aesKey, WebhookURL: "http://127.0.0.1:8080/wechat"}
	for says, change := range map[string]func(*sandbox.Config){
		"app id":                 func(c *sandbox.Config) { c.AppID = "" },
		"secret":                 func(c *sandbox.Config) { c.Secret = "" },
		"token":                  func(c *sandbox.Config) { c.Token = "" },
		"EncodingAESKey":         func(c *sandbox.Config) { c.AESKey = "short" },
		"needs an AES key":       func(c *sandbox.Config) { c.Mode, c.AESKey = sandbox.Secure, "" },
		`"open" is none`:         func(c *sandbox.Config) { c.Mode = "open" },
		"webhook URL":            func(c *sandbox.Config) { c.WebhookURL = "127.0.0.1:8080" },
		"no openid of their own": func(c *sandbox.Config) { c.Residents = []sandbox.Resident{{Name: "居民"}} },
	} {
		cfg := good
		change(&cfg)
		if _, err := sandbox.New(cfg); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want an error that says %s", err, says)
		}
	}
}
