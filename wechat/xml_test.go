package wechat

import (
	"encoding/xml"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"towncrier/bot"
)

const textXML = `<xml><ToUserName><![CDATA[gh_97417a04a28d]]></ToUserName><FromUserName><![CDATA[o9AgO5Kd5ggOC-bXrbNODIiE3bGY]]></FromUserName><CreateTime>1714112445</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[遛狗要牵绳吗]]></Content><MsgId>6272960105994287618</MsgId></xml>`

// event wraps an event's own elements in the common ones.
func event(name, rest string) string {
	return `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oA]]></FromUserName><CreateTime>1714112445</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[` + name + `]]></Event>` + rest + `</xml>`
}

func pushed(kind, rest string) string {
	return `<xml><ToUserName>gh_1</ToUserName><FromUserName>oA</FromUserName><CreateTime>1714112445</CreateTime><MsgType>` + kind + `</MsgType>` + rest + `<MsgId>7</MsgId></xml>`
}

func TestParseInbound(t *testing.T) {
	at := time.Unix(1714112445, 0)
	base := Inbound{ToUserName: "gh_1", FromUserName: "oA", CreateTime: 1714112445}
	for _, c := range []struct {
		name, body string
		want       func(*Inbound)
		message    bot.Message // zero when no resident waits
		handedOn   bool
	}{
		{name: "text", body: pushed("text", `<Content><![CDATA[a<b>&amp;]]></Content><bizmsgmenuid>101</bizmsgmenuid><MsgDataId>d</MsgDataId><Idx>1</Idx>`),
			want: func(in *Inbound) {
				in.Content, in.BizMsgMenuID, in.MsgDataID, in.Idx = "a<b>&amp;", "101", "d", "1"
			}, message: bot.Message{Kind: bot.Text, Text: "a<b>&amp;"}},
		{name: "image", body: pushed("image", `<PicUrl>http://p</PicUrl><MediaId>m</MediaId>`),
			want: func(in *Inbound) { in.PicURL, in.MediaID = "http://p", "m" }, message: bot.Message{Kind: bot.Image}},
		{name: "voice", body: pushed("voice", `<MediaId>m</MediaId><Format>amr</Format><MediaId16K>k</MediaId16K><Recognition></Recognition>`),
			want: func(in *Inbound) { in.MediaID, in.Format, in.MediaID16K = "m", "amr", "k" }, message: bot.Message{Kind: bot.Voice}},
		{name: "voice with words", body: pushed("voice", `<Recognition><![CDATA[你好]]></Recognition>`),
			want: func(in *Inbound) { in.Recognition = "你好" }, message: bot.Message{Kind: bot.Voice, Text: "你好"}},
		{name: "video", body: pushed("video", `<MediaId>m</MediaId><ThumbMediaId>t</ThumbMediaId>`),
			want: func(in *Inbound) { in.MediaID, in.ThumbMediaID = "m", "t" }, message: bot.Message{Kind: bot.Video}},
		{name: "shortvideo", body: pushed("shortvideo", ""), want: func(*Inbound) {}, message: bot.Message{Kind: bot.Video}},
		{name: "location", body: pushed("location", `<Location_X>35.02</Location_X><Location_Y>111.00</Location_Y><Scale>16</Scale><Label>红旗街</Label>`),
			want: func(in *Inbound) {
				in.LocationX, in.LocationY, in.Scale, in.Label = "35.02", "111.00", "16", "红旗街"
			},
			message: bot.Message{Kind: bot.Location, Text: "红旗街"}},
		{name: "link", body: pushed("link", `<Title>t</Title><Description>d</Description><Url>http://u</Url>`),
			want:    func(in *Inbound) { in.Title, in.Description, in.URL = "t", "d", "http://u" },
			message: bot.Message{Kind: bot.Link, Text: "t"}},
		{name: "a type of tomorrow", body: pushed("hologram", ""), want: func(*Inbound) {}, message: bot.Message{Kind: bot.Unsupported}},
		{name: "subscribe", body: event("subscribe", `<EventKey/>`), want: func(*Inbound) {}, message: bot.Message{Kind: bot.Follow}},
		{name: "subscribe by code", body: event("subscribe", `<EventKey>qrscene_shequ-1</EventKey><Ticket>T</Ticket>`),
			want: func(in *Inbound) { in.EventKey, in.Ticket = "qrscene_shequ-1", "T" }, message: bot.Message{Kind: bot.Follow, Text: "shequ-1"}},
		{name: "unsubscribe", body: event("unsubscribe", ""), want: func(*Inbound) {}, message: bot.Message{Kind: bot.Unfollow}},
		{name: "SCAN", body: event("SCAN", `<EventKey>qrscene_is_my_name</EventKey>`),
			want: func(in *Inbound) { in.EventKey = "qrscene_is_my_name" }, message: bot.Message{Kind: bot.Scan, Text: "qrscene_is_my_name"}},
		{name: "CLICK", body: event("CLICK", `<EventKey>help</EventKey>`),
			want: func(in *Inbound) { in.EventKey = "help" }, message: bot.Message{Kind: bot.Tap, Text: "help"}},
		{name: "VIEW", body: event("VIEW", `<EventKey>http://u</EventKey><MenuId>9</MenuId>`),
			want: func(in *Inbound) { in.EventKey, in.MenuID = "http://u", "9" }},
		{name: "LOCATION", body: event("LOCATION", `<Latitude>35.0</Latitude><Longitude>111.0</Longitude><Precision>65.0</Precision>`),
			want: func(in *Inbound) { in.Latitude, in.Longitude, in.Precision = "35.0", "111.0", "65.0" }},
		{name: "scan from the menu", body: event("scancode_waitmsg", `<EventKey>k</EventKey><ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>r</ScanResult></ScanCodeInfo>`),
			want: func(in *Inbound) { in.EventKey, in.ScanType, in.ScanResult = "k", "qrcode", "r" }},
		{name: "pictures", body: event("pic_weixin", `<SendPicsInfo><Count>1</Count><PicList><item><PicMd5Sum>5a</PicMd5Sum></item></PicList></SendPicsInfo>`),
			want: func(in *Inbound) { in.PictureCount = "1" }},
		{name: "place from the menu", body: event("location_select", `<SendLocationInfo><Location_X>1</Location_X><Location_Y>2</Location_Y><Scale>3</Scale><Label>L</Label><Poiname>P</Poiname></SendLocationInfo>`),
			want: func(in *Inbound) { in.SendLocation = SendLocation{"1", "2", "3", "L", "P"} }},
		{name: "template result", body: event("TEMPLATESENDJOBFINISH", `<MsgID>200163836</MsgID><Status>failed:user block</Status>`), handedOn: true,
			want: func(in *Inbound) { in.JobID, in.Status = 200163836, "failed:user block" }},
		{name: "mass result", body: event("MASSSENDJOBFINISH", `<MsgID>1000001625</MsgID><Status>err(30003)</Status><TotalCount>10</TotalCount><FilterCount>8</FilterCount><SentCount>7</SentCount><ErrorCount>1</ErrorCount><CopyrightCheckResult><Count>2</Count></CopyrightCheckResult><ArticleUrlResult><Count>1</Count><ResultList><item><ArticleIdx>1</ArticleIdx><ArticleUrl>http://a</ArticleUrl></item><item><ArticleIdx>2</ArticleIdx><ArticleUrl>http://b</ArticleUrl></item></ResultList></ArticleUrlResult>`), handedOn: true,
			want: func(in *Inbound) {
				in.JobID, in.Status, in.TotalCount, in.FilterCount, in.SentCount, in.ErrorCount = 1000001625, "err(30003)", 10, 8, 7, 1
				in.Articles = []Article{{"1", "http://a"}, {"2", "http://b"}}
			}},
		{name: "several popups", body: event("subscribe_msg_popup_event", `<SubscribeMsgPopupEvent><List><TemplateId>A</TemplateId><SubscribeStatusString>accept</SubscribeStatusString><PopupScene>1</PopupScene></List><List><TemplateId>B</TemplateId><SubscribeStatusString>reject</SubscribeStatusString><PopupScene>2</PopupScene></List></SubscribeMsgPopupEvent>`), handedOn: true,
			want: func(in *Inbound) {
				in.Subscriptions = []Subscription{{TemplateID: "A", Status: "accept", PopupScene: "1"}, {TemplateID: "B", Status: "reject", PopupScene: "2"}}
			}},
		{name: "subscription sent", body: event("subscribe_msg_sent_event", `<SubscribeMsgSentEvent><List><TemplateId>A</TemplateId><MsgID>1700827132819554304</MsgID><ErrorCode>0</ErrorCode><ErrorStatus>success</ErrorStatus></List></SubscribeMsgSentEvent>`), handedOn: true,
			want: func(in *Inbound) {
				in.Subscriptions = []Subscription{{TemplateID: "A", JobID: 1700827132819554304, ErrorCode: "0", ErrorText: "success"}}
			}},
		{name: "subscription changed", body: event("subscribe_msg_change_event", `<SubscribeMsgChangeEvent><List><TemplateId>A</TemplateId><SubscribeStatusString>reject</SubscribeStatusString></List></SubscribeMsgChangeEvent>`), handedOn: true,
			want: func(in *Inbound) { in.Subscriptions = []Subscription{{TemplateID: "A", Status: "reject"}} }},
		{name: "published", body: event("PUBLISHJOBFINISH", `<PublishEventInfo><publish_id>2247503051</publish_id><publish_status>0</publish_status><article_id>id</article_id><article_detail><count>1</count><item><idx>1</idx><article_url>http://a</article_url></item></article_detail><fail_idx>2</fail_idx><fail_idx>3</fail_idx></PublishEventInfo>`), handedOn: true,
			want: func(in *Inbound) {
				in.Publish = Publish{ID: "2247503051", Status: "0", ArticleID: "id", Articles: []Article{{"1", "http://a"}}, Failed: []string{"2", "3"}}
			}},
		{name: "authorisation taken back", body: event("user_authorization_revoke", `<OpenID>oA</OpenID><UnionID>u</UnionID><AppID>wx</AppID><RevokeInfo>206</RevokeInfo>`), handedOn: true,
			want: func(in *Inbound) { in.OpenID, in.UnionID, in.AppID, in.RevokeInfo = "oA", "u", "wx", "206" }},
		{name: "WeChat account closed", body: event("user_authorization_cancellation", `<OpenID>oA</OpenID><AppID>wx</AppID><RevokeInfo>1</RevokeInfo>`),
			want: func(in *Inbound) { in.OpenID, in.AppID, in.RevokeInfo = "oA", "wx", "1" }, message: bot.Message{Kind: bot.Unfollow}},
		{name: "an event of tomorrow", body: event("teleport", `<A><B><C>x</C></B></A>`), want: func(*Inbound) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := base
			if strings.Contains(c.body, "<Event>") {
				want.MsgType = "event"
				want.Event, _, _ = strings.Cut(strings.SplitAfter(c.body, "<Event><![CDATA[")[1], "]]>")
			} else {
				want.MsgType, _, _ = strings.Cut(strings.SplitAfter(c.body, "<MsgType>")[1], "<")
				want.MsgID = 7
			}
			c.want(&want)
			got, err := ParseInbound([]byte(c.body))
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("\n got %+v, %v\nwant %+v", got, err, want)
			}
			m, ok := got.Message()
			if ok != (c.message.Kind != "") {
				t.Fatalf("a resident waits: %v", ok)
			}
			if wantMessage := c.message; ok {
				wantMessage.From, wantMessage.At = "oA", at
				if !reflect.DeepEqual(m, wantMessage) {
					t.Errorf("message %+v, want %+v", m, wantMessage)
				}
			}
			if got.handedOn() != c.handedOn {
				t.Errorf("handed on: %v", got.handedOn())
			}
		})
	}
}

func TestTextIsReadInAnySpelling(t *testing.T) {
	for content, want := range map[string]string{
		`<Content>plain</Content>`:                               "plain",
		`<Content>&lt;&gt;&amp;&quot;&apos;</Content>`:           `<>&"'`,
		`<Content><![CDATA[a]]]]><![CDATA[>b]]></Content>`:       "a]]>b",
		`<Content><![CDATA[a]]>b]]></Content>`:                   "a]]>b",
		`<Content>a<![CDATA[<i>]]>b</Content>`:                   "a<i>b",
		`<Content></Content>`:                                    "",
		`<Content/>`:                                             "",
		"<Content><![CDATA[\x00a\x01\x1fb\n\tc\x7f]]></Content>": "ab\n\tc",
		"<Content><![CDATA[\xff\xfe路\xe7\x81]]></Content>":       "\ufffd路\ufffd",
		`<Content><![CDATA[🏠🐕]]></Content>`:                      "🏠🐕",
		`<Content>遛狗要牵绳吗&#128512;</Content>`:                     "遛狗要牵绳吗😀",
		`<Content>&#x1F600;&#65;&#x4e2d;&#1;&#0;</Content>`:      "😀A中",
		`<Content>A&B&nbsp;&&#;&#x;&#1114112;&#-1;&lt</Content>`: "A&B&nbsp;&&#;&#x;&#1114112;&#-1;&lt",
		`<Content>遛狗<!-- x -->要牵绳吗</Content>`:                    "遛狗要牵绳吗",
		`<!-- <Content>b</Content> --><Content>a</Content>`:      "a",
		`<Content>a<!-- open</Content>`:                          "a<!-- open",
		`<A><Content>nested, so another</Content></A>`:           "",
		`<a:b>x</a:b><Content>behind what no name is</Content>`:  "",
	} {
		in, err := ParseInbound([]byte(pushed("text", content)))
		if err != nil || in.Content != want || in.MsgID != 7 {
			t.Errorf("%q: %q, %v; want %q", content, in.Content, err, want)
		}
	}
	in, err := ParseInbound([]byte("\ufeff<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xml>\n<MsgType>text</MsgType>\n<!-- x -->\n<FromUserName>oA</FromUserName>\n<Content>a</Content>\n</xml>\n"))
	if err != nil || in.Content != "a" || in.FromUserName != "oA" {
		t.Errorf("with a mark, a declaration, lines and a comment: %+v, %v", in, err)
	}
}

func TestWhatIsNoPushIsRefused(t *testing.T) {
	for name, body := range map[string]string{
		"empty":            "",
		"spaces":           "  \n",
		"JSON":             `{"Content":"a"}`,
		"another root":     `<html></html>`,
		"no end":           `<xml><Content>a`,
		"text after":       `<xml></xml>x`,
		"attribute":        `<xml a="b"></xml>`,
		"doctype":          `<!DOCTYPE xml><xml></xml>`,
		"entity bomb":      `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><xml><Content>&b;</Content></xml>`,
		"external entity":  `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><Content>&e;</Content></xml>`,
		"open declaration": `<?xml version="1.0"`,
	} {
		if in, err := ParseInbound([]byte(body)); !errors.Is(err, ErrXML) || !reflect.DeepEqual(in, Inbound{}) {
			t.Errorf("%s: %+v, %v", name, in, err)
		}
		if e, err := ParseEnvelope([]byte(body)); !errors.Is(err, ErrXML) {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
}

func TestScanXMLRefuses(t *testing.T) {
	for name, body := range map[string]string{
		"no end of CDATA":    `<xml><Content><![CDATA[a</Content></xml>`,
		"no end of comment":  `<xml><!-- a</xml>`,
		"crossed":            `<xml><A><B></A></B></xml>`,
		"two roots":          `<xml></xml><xml></xml>`,
		"attribute":          `<xml><a b="c"></a></xml>`,
		"doctype inside":     `<xml><!DOCTYPE xml></xml>`,
		"instruction inside": `<xml><?php echo 1 ?></xml>`,
		"name with a colon":  `<xml><a:b></a:b></xml>`,
		"too deep":           `<xml>` + strings.Repeat("<a>", maxDepth+1) + strings.Repeat("</a>", maxDepth+1) + `</xml>`,
		"very deep":          `<xml>` + strings.Repeat("<a>", 200_000),
		"too many elements":  `<xml>` + strings.Repeat("<a/>", maxNodes+1) + `</xml>`,
		"too many sections":  `<xml><Content>` + strings.Repeat("<![CDATA[a]]>", maxNodes+1) + `</Content></xml>`,
	} {
		if err := scanXML([]byte(body), &lists{in: &Inbound{}}); !errors.Is(err, ErrXML) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Documents as large as a body may be, made to be slow, take milliseconds; a second is for a machine in trouble.
func TestScanXMLIsBounded(t *testing.T) {
	fill := func(s string) string { return strings.Repeat(s, maxBody/len(s)) }
	for name, body := range map[string]string{
		"open tags":       "<xml>" + fill("<a>"),
		"no end of a tag": "<xml>" + fill("<"),
		"sections":        "<xml><a>" + fill("x<![CDATA[y]]>"),
		"open sections":   "<xml><a>" + fill("<![CDATA["),
		"entities":        "<xml><a>" + fill("&amp;") + "</a></xml>",
		"half entities":   "<xml><a>" + fill("&") + "</a></xml>",
		"spaces":          "<xml" + fill(" "),
		"control":         "<xml><a>" + fill("\x01") + "</a></xml>",
		"not UTF-8":       "<xml><a>" + fill("\xff") + "</a></xml>",
		"long name":       "<xml><" + fill("a"),
		"elements":        "<xml>" + fill("<a></a>"),
		"own elements":    "<xml>" + fill("<MsgId>1</MsgId>"),
		"own tags":        "<xml>" + fill("<MsgId>"),
		"own ends":        "<xml>" + fill("</MsgId>"),
		"references":      "<xml><Content>" + fill("&#x1") + "</Content>",
		"comments":        "<xml>" + fill("<!---->"),
		"open comments":   "<xml><Content>" + fill("<!--") + "</Content>",
		"empty sections":  "<xml><Content>x" + fill("<![CDATA[") + "</Content>",
	} {
		start := time.Now()
		ParseInbound([]byte(body))
		ParseInbound([]byte(body + "</xml>"))
		ParseInbound([]byte(pushed("text", body)))
		ParseInbound([]byte(event("subscribe_msg_popup_event", body)))
		if took := time.Since(start); took > time.Second {
			t.Errorf("%s: %v", name, took)
		}
	}
}

func TestNumber(t *testing.T) {
	for text, want := range map[string]int64{
		"": 0, "7": 7, " 7\n": 7, "-1": -1, "9223372036854775807": 9223372036854775807,
		"9223372036854775808": 0, "1e9": 0, strings.Repeat("9", 10_000): 0, "７": 0,
	} {
		if got := number(text); got != want {
			t.Errorf("%.30q: %d, want %d", text, got, want)
		}
	}
}

func TestPassive(t *testing.T) {
	p := Passive{ToUserName: "oA", FromUserName: "gh_1", CreateTime: 5, MsgType: ReplyText, Content: "a]]>b<c>&\x00\n]]>]]>"}
	got, err := ParsePassive(p.XML())
	p.Content = "a]]>b<c>&\n]]>]]>"
	if err != nil || got != p {
		t.Errorf("%+v, %v; want %+v", got, err, p)
	}
	transfer := string(Passive{ToUserName: "oA", FromUserName: "gh_1", CreateTime: 5, MsgType: ReplyTransfer, Content: "x"}.XML())
	if want := `<xml><ToUserName><![CDATA[oA]]></ToUserName><FromUserName><![CDATA[gh_1]]></FromUserName><CreateTime>5</CreateTime><MsgType><![CDATA[transfer_customer_service]]></MsgType></xml>`; transfer != want {
		t.Errorf("%s, want %s", transfer, want)
	}
}

func TestCut(t *testing.T) {
	lines := strings.Repeat(strings.Repeat("字", 99)+"\n", 10) // 298 bytes a line
	for name, text := range map[string]string{
		"short":     "你好",
		"exact":     strings.Repeat("a", MaxText),
		"one over":  strings.Repeat("a", MaxText+1),
		"no line":   strings.Repeat("字", 2000),
		"emoji":     strings.Repeat("👨‍👩‍👧", 500),
		"lines":     lines,
		"late line": strings.Repeat("字", 100) + "\n" + strings.Repeat("字", 2000),
	} {
		got := cut(text, MaxText)
		if len(got) > MaxText || strings.ContainsRune(got, '\ufffd') || !strings.HasPrefix(text, strings.TrimSuffix(got, "…")) {
			t.Errorf("%s: %d bytes, %q", name, len(got), got)
		}
		if len(text) <= MaxText && got != text {
			t.Errorf("%s: shortened although it fits", name)
		}
		if len(text) > MaxText && len(got) < MaxText/2 {
			t.Errorf("%s: only %d bytes kept", name, len(got))
		}
	}
	if got := cut(lines, MaxText); !strings.HasSuffix(got, "字\n…") {
		t.Errorf("cut inside a line: %q", got[len(got)-30:])
	}
}

func TestEnvelope(t *testing.T) {
	e := Envelope{ToUserName: "gh_1", Encrypt: "QUJD", MsgSignature: "s", TimeStamp: "5", Nonce: "n"}
	if got, err := ParseEnvelope(e.XML()); err != nil || got != e {
		t.Errorf("%+v, %v; want %+v", got, err, e)
	}
}

// plainXML is what encoding/xml makes of the fields that FuzzXML compares.
type plainXML struct {
	XMLName      xml.Name `xml:"xml"`
	ToUserName   []string `xml:"ToUserName"`
	FromUserName []string `xml:"FromUserName"`
	MsgType      []string `xml:"MsgType"`
	Event        []string `xml:"Event"`
}

func FuzzXML(f *testing.F) {
	f.Add(textXML)
	f.Add(event("CLICK", `<EventKey>a&amp;b</EventKey>`))
	f.Add(event("MASSSENDJOBFINISH", `<ArticleUrlResult><ResultList><item><ArticleIdx>1</ArticleIdx></item></ResultList></ArticleUrlResult>`))
	f.Add(event("subscribe_msg_popup_event", `<SubscribeMsgPopupEvent><List><TemplateId>A</TemplateId></List></SubscribeMsgPopupEvent>`))
	f.Add(`<!DOCTYPE l [<!ENTITY a "aaaa">]><xml><Content>&a;</Content></xml>`)
	f.Add("<xml><Content><![CDATA[\xff]]>&lt;</Content></xml>")
	f.Add(`<xml><a/><Content/></xml>`)
	f.Fuzz(func(t *testing.T, body string) {
		in, err := ParseInbound([]byte(body))
		if _, envErr := ParseEnvelope([]byte(body)); err == nil && envErr != nil {
			t.Fatalf("the two readers disagree: %v, %v", err, envErr)
		}
		if err != nil || strings.Contains(body, "]]>") {
			return // where sections end is ours to say
		}
		var want plainXML
		if xml.Unmarshal([]byte(body), &want) != nil {
			return // encoding/xml is stricter about characters, names and what stands between elements
		}
		// What the platform writes is read as encoding/xml reads it, or not at all.
		same := func(name, got string, all []string) {
			t.Helper()
			if len(all) != 1 || strings.Contains(body, "\r") || got == "" {
				return // encoding/xml rewrites line ends
			}
			if got != clean(all[0]) {
				t.Errorf("%s: %q, encoding/xml reads %q", name, got, all[0])
			}
		}
		same("ToUserName", in.ToUserName, want.ToUserName)
		same("FromUserName", in.FromUserName, want.FromUserName)
		same("MsgType", in.MsgType, want.MsgType)
		same("Event", in.Event, want.Event)
	})
}
