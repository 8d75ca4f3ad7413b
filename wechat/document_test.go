package wechat

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"towncrier/bot"
)

// A push in which %s stands for what a resident writes: every element of every type that their phone fills.
var fillable = map[string]string{
	"Content":         messagePush("text", `<Content>%s</Content>`),
	"Content, menu":   messagePush("text", `<Content>%s</Content><MsgId>7</MsgId><bizmsgmenuid><![CDATA[101]]></bizmsgmenuid>`),
	"bizmsgmenuid":    messagePush("text", `<Content><![CDATA[好]]></Content><bizmsgmenuid>%s</bizmsgmenuid>`),
	"Content, draft":  messagePush("text", `<Content>%s</Content><MsgId>7</MsgId><MsgDataId>9</MsgDataId><Idx>1</Idx>`),
	"PicUrl":          messagePush("image", `<PicUrl>%s</PicUrl><MediaId><![CDATA[m]]></MediaId>`),
	"MediaId":         messagePush("voice", `<MediaId>%s</MediaId><Format><![CDATA[amr]]></Format>`),
	"Format":          messagePush("voice", `<MediaId><![CDATA[m]]></MediaId><Format>%s</Format>`),
	"Recognition":     messagePush("voice", `<MediaId><![CDATA[m]]></MediaId><Recognition>%s</Recognition>`),
	"MediaId16K":      messagePush("voice", `<MediaId><![CDATA[m]]></MediaId><MediaId16K>%s</MediaId16K>`),
	"ThumbMediaId":    messagePush("video", `<MediaId><![CDATA[m]]></MediaId><ThumbMediaId>%s</ThumbMediaId>`),
	"Location_X":      messagePush("location", `<Location_X>%s</Location_X><Location_Y>111</Location_Y><Scale>16</Scale><Label><![CDATA[街]]></Label>`),
	"Scale":           messagePush("location", `<Location_X>35</Location_X><Location_Y>111</Location_Y><Scale>%s</Scale><Label><![CDATA[街]]></Label>`),
	"Label":           messagePush("location", `<Location_X>35</Location_X><Location_Y>111</Location_Y><Scale>16</Scale><Label>%s</Label>`),
	"Title":           messagePush("link", `<Title>%s</Title><Description><![CDATA[d]]></Description><Url><![CDATA[u]]></Url>`),
	"Description":     messagePush("link", `<Title><![CDATA[t]]></Title><Description>%s</Description><Url><![CDATA[u]]></Url>`),
	"Url":             messagePush("link", `<Title><![CDATA[t]]></Title><Description><![CDATA[d]]></Description><Url>%s</Url>`),
	"a future type":   messagePush("hologram", `<Shape>%s</Shape>`),
	"EventKey, tap":   event("CLICK", `<EventKey>%s</EventKey>`),
	"EventKey, scan":  event("SCAN", `<EventKey>%s</EventKey><Ticket><![CDATA[T]]></Ticket>`),
	"EventKey, page":  event("VIEW", `<EventKey>%s</EventKey><MenuId>9</MenuId>`),
	"Ticket":          event("subscribe", `<EventKey><![CDATA[qrscene_1]]></EventKey><Ticket>%s</Ticket>`),
	"Latitude":        event("LOCATION", `<Latitude>%s</Latitude><Longitude>111</Longitude><Precision>1</Precision>`),
	"ScanResult":      event("scancode_push", `<EventKey><![CDATA[k]]></EventKey><ScanCodeInfo><ScanType><![CDATA[qrcode]]></ScanType><ScanResult>%s</ScanResult></ScanCodeInfo>`),
	"PoiName":         event("location_select", `<EventKey><![CDATA[k]]></EventKey><SendLocationInfo><Location_X>1</Location_X><Label><![CDATA[l]]></Label><Poiname>%s</Poiname></SendLocationInfo><MenuId>9</MenuId>`),
	"Label, menu":     event("location_select", `<EventKey><![CDATA[k]]></EventKey><SendLocationInfo><Label>%s</Label><Poiname></Poiname></SendLocationInfo>`),
	"PicMd5Sum":       event("pic_weixin", `<EventKey><![CDATA[k]]></EventKey><SendPicsInfo><Count>1</Count><PicList><item><PicMd5Sum>%s</PicMd5Sum></item></PicList></SendPicsInfo>`),
	"a future event":  event("teleport", `<Place>%s</Place>`),
	"before the rest": `<xml><ToUserName>gh_1</ToUserName><Content>%s</Content><FromUserName>oA</FromUserName><CreateTime>1714112445</CreateTime><MsgType>text</MsgType><MsgId>7</MsgId></xml>`,
	"before them all": `<xml><Content>%s</Content><ToUserName>gh_1</ToUserName><FromUserName>oA</FromUserName><CreateTime>1714112445</CreateTime><MsgType>text</MsgType><MsgId>7</MsgId></xml>`,
	"on lines": "<xml><ToUserName><![CDATA[gh_1]]></ToUserName>\n<FromUserName><![CDATA[oA]]></FromUserName>\n<CreateTime>1714112445</CreateTime>\n" +
		"<MsgType><![CDATA[text]]></MsgType>\n<Content>%s</Content>\n<MsgId>7</MsgId>\n</xml>\n",
}

// messagePush is a push of a type with its own elements, whose MsgId comes last unless they hold it.
func messagePush(kind, rest string) string {
	if !strings.Contains(rest, "<MsgId>") {
		rest += "<MsgId>7</MsgId>"
	}
	return `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oA]]></FromUserName><CreateTime>1714112445</CreateTime><MsgType><![CDATA[` + kind + `]]></MsgType>` + rest + `</xml>`
}

// The spellings of a text in CDATA that the platform may use: it does not say.
var spellings = map[string]func(string) string{
	"raw":   func(s string) string { return "<![CDATA[" + s + "]]>" },
	"split": func(s string) string { return "<![CDATA[" + strings.ReplaceAll(s, "]]>", "]]]]><![CDATA[>") + "]]>" },
}

// platformWrote leaves out what a resident may change.
func platformWrote(in inbound) inbound {
	in.Text = ""
	return in
}

// changesNothing pushes text in every place and both spellings.
func changesNothing(t *testing.T, text string) {
	t.Helper()
	for place, push := range fillable {
		usual, err := parseInbound([]byte(strings.Replace(push, "%s", "<![CDATA[usual]]>", 1)))
		if err != nil || usual.FromUserName != "oA" {
			t.Fatalf("%s: %+v, %v", place, usual, err)
		}
		for name, spell := range spellings {
			in, err := parseInbound([]byte(strings.Replace(push, "%s", spell(text), 1)))
			if err != nil {
				t.Errorf("%s, %s: %q is refused: %v", place, name, text, err)
			}
			if got, want := platformWrote(in), platformWrote(usual); !reflect.DeepEqual(got, want) {
				t.Errorf("%s, %s: %q makes of the push\n%+v, not\n%+v", place, name, text, got, want)
			}
		}
	}
}

// attack ends every element that a resident can be in, opens the elements of an event about somebody else, and makes the
// remainder well-formed again.
func attacks() []string {
	var all []string
	inside := `<ToUserName><![CDATA[gh_2]]></ToUserName><FromUserName><![CDATA[oVictim]]></FromUserName><CreateTime>1</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[unsubscribe]]></Event><MsgId>666</MsgId><MsgID>666</MsgID><Status>success</Status><OpenID>oVictim</OpenID>` +
		`<SubscribeMsgPopupEvent><List><TemplateId>T</TemplateId><SubscribeStatusString>accept</SubscribeStatusString></List></SubscribeMsgPopupEvent><SubscribeMsgSentEvent><List><MsgID>666</MsgID><ErrorCode>0</ErrorCode></List></SubscribeMsgSentEvent>`
	for _, end := range []string{"Content", "bizmsgmenuid", "PicUrl", "MediaId", "Format", "Recognition", "MediaId16K", "ThumbMediaId", "Location_X", "Scale", "Label",
		"Title", "Description", "Url", "Shape", "EventKey", "Ticket", "Latitude", "ScanResult></ScanCodeInfo", "Poiname></SendLocationInfo", "Label></SendLocationInfo",
		"PicMd5Sum></item></PicList></SendPicsInfo", "Place"} {
		first, _, _ := strings.Cut(end, ">")
		for _, begin := range []string{"<" + first + "><![CDATA[", "<" + first + ">", "<!--", "<X><![CDATA[", "<![CDATA[", ""} {
			all = append(all, "x]]></"+end+">"+inside+begin)
		}
		all = append(all, "x]]></"+end+">"+inside+"</xml>", "x]]></"+end+">"+inside+"<"+first+"/>", "x</"+end+">"+inside, inside)
	}
	return append(all, "<xml><status><![CDATA[ok]]></status></xml>", "<a>]]></a>", "a[i[0]]><b>", "]]>", "]]]]>", "]]]]><![CDATA[>", "<![CDATA[", "</xml>", "<!--", "-->",
		"<!DOCTYPE xml [<!ENTITY a 'b'>]>", "&a;", "]]\x00></Content>"+inside, "]\u200b]></Content>", strings.Repeat("]", 1000)+">", strings.Repeat("<a>", 1000), strings.Repeat("<a></a>", 1000))
}

func TestNoTextChangesWhoWroteWhatOrWhich(t *testing.T) {
	for _, text := range attacks() {
		changesNothing(t, text)
	}
	// Pieces of markup in any order, the same every run.
	names := []string{"FromUserName", "ToUserName", "CreateTime", "MsgType", "Event", "EventKey", "MsgId", "MsgID", "Content", "Title", "Description", "Url", "Label",
		"bizmsgmenuid", "ScanResult", "ScanCodeInfo", "SendLocationInfo", "Poiname", "OpenID", "Status", "Encrypt", "xml", "List"}
	random := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		var b strings.Builder
		for range random.IntN(12) {
			name := names[random.IntN(len(names))]
			b.WriteString([]string{"<" + name + ">", "</" + name + ">", "<" + name + "/>", "]]></" + name + ">", "<" + name + "><![CDATA[", "]]>", "<![CDATA[", "<!--", "-->",
				"oVictim", "666", "&#93;", "\x01", "]", ">", "<"}[random.IntN(16)])
		}
		changesNothing(t, b.String())
	}
}

func FuzzNoTextChangesWhoWrote(f *testing.F) {
	for _, text := range attacks() {
		f.Add(text)
	}
	f.Fuzz(changesNothing)
}

// What a resident wrote reaches the bot as their own text, on the wire as well: in plain text, sealed, and in compatible
// mode, where it stands beside the sealed message.
func TestAResidentsMarkupIsTheirOwnText(t *testing.T) {
	erase := `]]></Content><FromUserName><![CDATA[oVictim]]></FromUserName><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[unsubscribe]]></Event><Encrypt>QUJD</Encrypt><Content><![CDATA[x`
	for mode, key := range map[string]string{"plaintext": "", "sealed": testKey, "compatible": testKey} {
		for name, spell := range spellings {
			t.Run(mode+" "+name, func(t *testing.T) {
				var got []bot.Message
				r := newFixture(t, key, answerFunc(func(_ context.Context, m bot.Message) (bot.Reply, error) {
					got = append(got, m)
					return bot.Reply{Kind: bot.Answered, Text: "好"}, nil
				}), nil)
				plain := strings.Replace(text(1, "%s"), "<![CDATA[%s]]>", spell(erase), 1)
				req := r.push(plain)
				if mode == "compatible" {
					sealed, err := r.platform.Seal(Current, []byte(r.dated(plain)))
					if err != nil {
						t.Fatal(err)
					}
					req = post(r.query(time.Now(), "n1", sealed), strings.TrimSuffix(plain, "</xml>")+"<Encrypt><![CDATA["+sealed+"]]></Encrypt></xml>")
				}
				status, body := r.do(req)
				wantText(t, status, body, "好")
				if len(got) != 1 || got[0].From != testOpenID || got[0].Kind != bot.Text || got[0].Text != erase {
					t.Errorf("the bot saw %+v", got)
				}
			})
		}
	}
}

func TestThePushIsFromTheRequestsOpenID(t *testing.T) {
	asked := 0
	r := newFixture(t, testKey, answerFunc(func(context.Context, bot.Message) (bot.Reply, error) {
		asked++
		return bot.Reply{Kind: bot.Answered, Text: "好"}, nil
	}), nil)
	request := func(body, openid string) int {
		req := r.push(body)
		q := req.URL.Query()
		q.Set("openid", openid)
		if openid == "" {
			q.Del("openid")
		}
		req.URL.RawQuery = q.Encode()
		status, _ := r.do(req)
		return status
	}
	for i, c := range []struct {
		body, openid string
		status       int
	}{
		{text(1, "a"), testOpenID, http.StatusOK},
		{text(2, "a"), "", http.StatusOK}, // not every push is documented to carry it
		{text(3, "a"), "oOther", http.StatusForbidden},
		{event("TEMPLATESENDJOBFINISH", "<MsgID>5</MsgID>"), "oOther", http.StatusOK}, // about our message, whoever is named
	} {
		if got := request(c.body, c.openid); got != c.status {
			t.Errorf("push %d: %d, want %d", i, got, c.status)
		}
	}
	if asked != 2 {
		t.Errorf("the bot was asked %d times, want 2", asked)
	}
	r.noSecrets()
}

// A push that is authentic is answered with 200 whatever stands in it.
func TestAnAuthenticPushIsNeverRefusedForItsText(t *testing.T) {
	r := newFixture(t, "", say("好"), nil)
	id := 100
	for _, write := range append(attacks(), "", "   ", "\u200b", "\x00", "\xff\xfe", strings.Repeat("长", 10_000)) {
		for name, spell := range spellings {
			id++
			if status, body := r.do(r.push(strings.Replace(text(id, "%s"), "<![CDATA[%s]]>", spell(write), 1))); status != 200 || !strings.Contains(body, "好") {
				t.Errorf("%s %.80q: %d %s", name, write, status, body)
			}
		}
	}
	for _, broken := range []string{
		fmt.Sprintf(`<xml><ToUserName>gh_1</ToUserName><FromUserName>%s</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content><![CDATA[cut`+`</xml>`, testOpenID),
		event("subscribe_msg_popup_event", "<SubscribeMsgPopupEvent><List><TemplateId>T</SubscribeMsgPopupEvent>"),
	} {
		if status, body := r.do(r.push(broken)); status != 200 {
			t.Errorf("%s: %d %s", broken, status, body)
		}
	}
}
