package cli

import (
	"encoding/xml"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"towncrier/cmd/towncrier/config"
	"towncrier/wechat"
)

// weChatPusher pushes messages as WeChat does, sealed and signed.
type weChatPusher struct {
	*wechat.Crypto
}

func newPlatform(t *testing.T, cfg config.Config) weChatPusher {
	t.Helper()
	c, err := wechat.NewCrypto(cfg.WeChat.AppID, cfg.WeChat.Token, cfg.WeChat.AESKey, "")
	if err != nil {
		t.Fatal(err)
	}
	return weChatPusher{c}
}

func message(from string, id int, text string) string {
	return fmt.Sprintf("<xml><ToUserName>gh_town</ToUserName><FromUserName>%s</FromUserName><CreateTime>%d</CreateTime>"+
		"<MsgType>text</MsgType><Content>%s</Content><MsgId>%d</MsgId></xml>", from, time.Now().Unix(), text, id)
}

// request is one push of a message: every try is sealed anew.
func (p weChatPusher) request(t *testing.T, message string) (target, body string) {
	t.Helper()
	sealed, err := p.Seal(wechat.Current, []byte(message))
	if err != nil {
		t.Fatal(err)
	}
	stamp, nonce := strconv.FormatInt(time.Now().Unix(), 10), strconv.Itoa(rand.Int())
	q := url.Values{"timestamp": {stamp}, "nonce": {nonce}, "encrypt_type": {"aes"},
		"signature": {p.Signature(stamp, nonce)}, "msg_signature": {p.Signature(stamp, nonce, sealed)}}
	return "/wechat?" + q.Encode(), "<xml><Encrypt>" + sealed + "</Encrypt></xml>"
}

// push sends a message and returns what the resident would read. The answer must come before the platform gives up.
func (p weChatPusher) push(t *testing.T, addr, message string) string {
	t.Helper()
	target, body := p.request(t, message)
	client := http.Client{Timeout: 5 * time.Second}
	resp, err := client.Post("http://"+addr+target, "text/xml", strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return ""
	}
	return p.read(t, resp)
}

func (p weChatPusher) read(t *testing.T, resp *http.Response) string {
	t.Helper()
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("%s: %s, %v", resp.Status, b, err)
		return ""
	}
	env, err := wechat.ParseEnvelope(b)
	if err != nil {
		t.Errorf("reply %q: %v", b, err)
		return ""
	}
	plain, _, err := p.Open(env.Encrypt)
	if err != nil {
		t.Error(err)
		return ""
	}
	var reply wechat.Passive
	if err := xml.Unmarshal(plain, &reply); err != nil {
		t.Error(err)
	}
	return reply.Content
}
