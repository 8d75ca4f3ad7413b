package wechat

import (
	"encoding/xml"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/bot"
)

const textXML = `<xml><ToUserName><![CDATA[gh_97417a04a28d]]></ToUserName><FromUserName><![CDATA[o9AgO5Kd5ggOC-bXrbNODIiE3bGY]]></FromUserName><CreateTime>1714112445</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[遛狗要牵绳吗]]></Content><MsgId>6272960105994287618</MsgId></xml>`

// popups is what a resident decided about two templates.
const popups = `<SubscribeMsgPopupEvent><List><TemplateId>A</TemplateId><SubscribeStatusString>accept</SubscribeStatusString><PopupScene>1</PopupScene></List><List><TemplateId>B</TemplateId><SubscribeStatusString>reject</SubscribeStatusString><PopupScene>2</PopupScene></List></SubscribeMsgPopupEvent>`

// event wraps an event's own elements in the common ones.
func event(name, rest string) string {
	return `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oA]]></FromUserName><CreateTime>1714112445</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[` + name + `]]></Event>` + rest + `</xml>`
}

func pushed(kind, rest string) string {
	return `<xml><ToUserName>gh_1</ToUserName><FromUserName>oA</FromUserName><CreateTime>1714112445</CreateTime><MsgType>` + kind + `</MsgType>` + rest + `<MsgId>7</MsgId></xml>`
}

func TestParseInbound(t *testing.T) {
	at := time.Unix(1714112445, 0)
	base := inbound{ToUserName: "gh_1", FromUserName: "oA", CreateTime: 1714112445}
	for _, c := range []struct {
		name, body string
		want       func(*inbound)
		message    bot.Message // zero when no resident waits
		handedOn   bool
	}{
		{name: "text", body: pushed("text", `<Content><![CDATA[a<b>&amp;]]></Content><bizmsgmenuid>101</bizmsgmenuid><MsgDataId>d</MsgDataId><Idx>1</Idx>`),
			want: func(in *inbound) { in.Text = "a<b>&amp;" }, message: bot.Message{Kind: bot.Text, Text: "a<b>&amp;"}},
		{name: "image", body: pushed("image", `<PicUrl>http://p</PicUrl><MediaId>m</MediaId>`),
			want: func(*inbound) {}, message: bot.Message{Kind: bot.Image}},
		{name: "voice", body: pushed("voice", `<MediaId>m</MediaId><Format>amr</Format><MediaId16K>k</MediaId16K><Recognition></Recognition>`),
			want: func(*inbound) {}, message: bot.Message{Kind: bot.Voice}},
		{name: "voice with words", body: pushed("voice", `<Recognition><![CDATA[你好]]></Recognition>`),
			want: func(in *inbound) { in.Text = "你好" }, message: bot.Message{Kind: bot.Voice, Text: "你好"}},
		{name: "video", body: pushed("video", `<MediaId>m</MediaId><ThumbMediaId>t</ThumbMediaId>`),
			want: func(*inbound) {}, message: bot.Message{Kind: bot.Video}},
		{name: "shortvideo", body: pushed("shortvideo", ""), want: func(*inbound) {}, message: bot.Message{Kind: bot.Video}},
		{name: "location", body: pushed("location", `<Location_X>35.02</Location_X><Location_Y>111.00</Location_Y><Scale>16</Scale><Label>红旗街</Label>`),
			want:    func(in *inbound) { in.Text = "红旗街" },
			message: bot.Message{Kind: bot.Location, Text: "红旗街"}},
		{name: "link", body: pushed("link", `<Title>t</Title><Description>d</Description><Url>http://u</Url>`),
			want:    func(in *inbound) { in.Text = "t" },
			message: bot.Message{Kind: bot.Link, Text: "t"}},
		{name: "a type of tomorrow", body: pushed("hologram", ""), want: func(*inbound) {}, message: bot.Message{Kind: bot.Unsupported}},
		{name: "subscribe", body: event("subscribe", `<EventKey/>`), want: func(*inbound) {}, message: bot.Message{Kind: bot.Follow}},
		{name: "subscribe by code", body: event("subscribe", `<EventKey>qrscene_shequ-1</EventKey><Ticket>T</Ticket>`),
			want: func(in *inbound) { in.Text = "qrscene_shequ-1" }, message: bot.Message{Kind: bot.Follow, Text: "shequ-1"}},
		{name: "unsubscribe", body: event("unsubscribe", ""), want: func(*inbound) {}, message: bot.Message{Kind: bot.Unfollow}},
		{name: "SCAN", body: event("SCAN", `<EventKey>qrscene_is_my_name</EventKey>`),
			want: func(in *inbound) { in.Text = "qrscene_is_my_name" }, message: bot.Message{Kind: bot.Scan, Text: "qrscene_is_my_name"}},
		{name: "CLICK", body: event("CLICK", `<EventKey>help</EventKey>`),
			want: func(in *inbound) { in.Text = "help" }, message: bot.Message{Kind: bot.Tap, Text: "help"}},
		{name: "VIEW", body: event("VIEW", `<EventKey>http://u</EventKey><MenuId>9</MenuId>`),
			want: func(in *inbound) { in.Text = "http://u" }},
		{name: "LOCATION", body: event("LOCATION", `<Latitude>35.0</Latitude><Longitude>111.0</Longitude><Precision>65.0</Precision>`),
			want: func(*inbound) {}},
		{name: "scan from the menu", body: event("scancode_waitmsg", `<EventKey>k</EventKey><ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>r</ScanResult></ScanCodeInfo>`),
			want: func(in *inbound) { in.Text = "k" }},
		{name: "pictures", body: event("pic_weixin", `<SendPicsInfo><Count>1</Count><PicList><item><PicMd5Sum>5a</PicMd5Sum></item></PicList></SendPicsInfo>`),
			want: func(*inbound) {}},
		{name: "place from the menu", body: event("location_select", `<SendLocationInfo><Location_X>1</Location_X><Location_Y>2</Location_Y><Scale>3</Scale><Label>L</Label><Poiname>P</Poiname></SendLocationInfo>`),
			want: func(*inbound) {}},
		{name: "template result", body: event("TEMPLATESENDJOBFINISH", `<MsgID>200163836</MsgID><Status>failed:user block</Status>`), handedOn: true,
			want: func(in *inbound) { in.JobID, in.Status = 200163836, "failed:user block" }},
		{name: "mass result", body: event("MASSSENDJOBFINISH", `<MsgID>1000001625</MsgID><Status>err(30003)</Status><TotalCount>10</TotalCount><FilterCount>8</FilterCount><SentCount>7</SentCount><ErrorCount>1</ErrorCount><CopyrightCheckResult><Count>2</Count></CopyrightCheckResult><ArticleUrlResult><Count>1</Count><ResultList><item><ArticleIdx>1</ArticleIdx><ArticleUrl>http://a</ArticleUrl></item><item><ArticleIdx>2</ArticleIdx><ArticleUrl>http://b</ArticleUrl></item></ResultList></ArticleUrlResult>`),
			want: func(in *inbound) { in.JobID, in.Status = 1000001625, "err(30003)" }},
		{name: "several popups", body: event("subscribe_msg_popup_event", popups), handedOn: true,
			want: func(in *inbound) {
				in.Subscriptions = []subscription{{TemplateID: "A", Status: "accept"}, {TemplateID: "B", Status: "reject"}}
			}},
		{name: "subscription sent", body: event("subscribe_msg_sent_event", `<SubscribeMsgSentEvent><List><TemplateId>A</TemplateId><MsgID>1700827132819554304</MsgID><ErrorCode>0</ErrorCode><ErrorStatus>success</ErrorStatus></List></SubscribeMsgSentEvent>`), handedOn: true,
			want: func(in *inbound) {
				in.Subscriptions = []subscription{{TemplateID: "A", JobID: 1700827132819554304, ErrorCode: "0"}}
			}},
		{name: "subscription changed", body: event("subscribe_msg_change_event", `<SubscribeMsgChangeEvent><List><TemplateId>A</TemplateId><SubscribeStatusString>reject</SubscribeStatusString></List></SubscribeMsgChangeEvent>`), handedOn: true,
			want: func(in *inbound) { in.Subscriptions = []subscription{{TemplateID: "A", Status: "reject"}} }},
		{name: "published", body: event("PUBLISHJOBFINISH", `<PublishEventInfo><publish_id>2247503051</publish_id><article_detail><count>1</count><item><idx>1</idx></item></article_detail></PublishEventInfo>`),
			want: func(*inbound) {}},
		{name: "authorisation taken back", body: event("user_authorization_revoke", `<OpenID>oA</OpenID><UnionID>u</UnionID><AppID>wx</AppID><RevokeInfo>206</RevokeInfo>`),
			want: func(in *inbound) { in.OpenID = "oA" }},
		{name: "WeChat account closed", body: event("user_authorization_cancellation", `<OpenID>oA</OpenID><AppID>wx</AppID><RevokeInfo>1</RevokeInfo>`),
			want: func(in *inbound) { in.OpenID = "oA" }, message: bot.Message{Kind: bot.Unfollow}},
		{name: "an event of tomorrow", body: event("teleport", `<A><B><C>x</C></B></A>`), want: func(*inbound) {}},
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
			got, err := parseInbound([]byte(c.body))
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("\n got %+v, %v\nwant %+v", got, err, want)
			}
			if want, err := throughEncodingXML(c.body); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("\n         got %+v\nencoding/xml %+v, %v", got, want, err)
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

// throughEncodingXML reads a push as encoding/xml does.
func throughEncodingXML(body string) (inbound, error) {
	type list struct{ TemplateId, SubscribeStatusString, MsgID, ErrorCode string }
	var x struct {
		XMLName                                                                xml.Name `xml:"xml"`
		ToUserName, FromUserName, CreateTime, MsgType, MsgId, Event, OpenID    string
		MsgID, Status                                                          string
		Content, Recognition, Label, Title, EventKey                           string
		SubscribeMsgPopupEvent, SubscribeMsgChangeEvent, SubscribeMsgSentEvent struct{ List []list }
	}
	if err := xml.Unmarshal([]byte(body), &x); err != nil {
		return inbound{}, err
	}
	in := inbound{ToUserName: x.ToUserName, FromUserName: x.FromUserName, CreateTime: number(x.CreateTime), MsgType: x.MsgType,
		MsgID: number(x.MsgId), Event: x.Event, OpenID: x.OpenID, JobID: number(x.MsgID), Status: x.Status,
		Text: map[string]string{"text": x.Content, "voice": x.Recognition, "location": x.Label, "link": x.Title, "event": x.EventKey}[x.MsgType]}
	for _, l := range slices.Concat(x.SubscribeMsgPopupEvent.List, x.SubscribeMsgChangeEvent.List, x.SubscribeMsgSentEvent.List) {
		in.Subscriptions = append(in.Subscriptions, subscription{l.TemplateId, l.SubscribeStatusString, number(l.MsgID), l.ErrorCode})
	}
	return in, nil
}

// FuzzTextsAreReadAsEncodingXMLReadsThem writes a text into every place that a resident can fill. Where the text holds no
// markup, what is read is what encoding/xml reads.
func FuzzTextsAreReadAsEncodingXMLReadsThem(f *testing.F) {
	for _, text := range []string{"", "遛狗要牵绳吗", "plain", " two\n\tlines ", "🏠🐕👨‍👩‍👧", "&", "A&B&nbsp;&&#;&#65;", "]]", "]>", "a[i[0]] > b", "--", "\"'"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var escaped strings.Builder
		if xml.EscapeText(&escaped, []byte(text)) != nil || clean(text) != text {
			return // what XML forbids: see TestWhatEncodingXMLDoesNotBear
		}
		written := []string{escaped.String()}
		if !strings.Contains(text, "]]>") && !strings.ContainsAny(text, "<\r") {
			written = append(written, "<![CDATA["+text+"]]>")
		}
		for place, push := range fillable {
			for _, w := range written {
				body := strings.Replace(push, "%s", w, 1)
				got, err := parseInbound([]byte(body))
				want, wantErr := throughEncodingXML(body)
				if place == "Content, menu" {
					want.MsgID = 0 // something that a resident can fill stands behind it
				}
				if wantErr == nil && (err != nil || !reflect.DeepEqual(got, want)) {
					t.Errorf("%s: %q\n         got %+v, %v\nencoding/xml %+v", place, w, got, err, want)
				}
			}
		}
	})
}

// TestWhatEncodingXMLDoesNotBear is what is read beyond encoding/xml, which refuses the push, or reads another text.
func TestWhatEncodingXMLDoesNotBear(t *testing.T) {
	type spelling struct{ content, want string }
	cases := []spelling{
		{"<Content><![CDATA[a]]>b]]></Content>", "a]]>b"},                                                 // the platform does not say whether it escapes
		{"<Content><![CDATA[\x00a\x01\x1fb\n\tc\x7f\x1b]]></Content>", "ab\n\tc"},                         // phones can send them
		{"<Content><![CDATA[\xff\xfe路\xe7\x81]]></Content>", "\ufffd路\ufffd"},                             // cut inside a character
		{"<Content>&#1;&#0;a</Content>", "a"},                                                             // the same by number
		{"<Content>A&B&nbsp;&&#;&#x;&#1114112;&#-1;&lt</Content>", "A&B&nbsp;&&#;&#x;&#1114112;&#-1;&lt"}, // not escaped
		{"<Content>a<!-- open</Content>", "a<!-- open"},
		{"<Content>a < b <3</Content>", "a < b <3"},
		{"<Content><b>a</Content>", "<b>a"},
		{"<Content>a</Content></Content>", "a</Content>"},
		{"<Content/ ></Content>", ""},
		{"<a:b>x</a:b><Content>behind what no name is</Content>", ""},
	}
	for _, text := range []string{"<xml><status><![CDATA[ok]]></status></xml>", "<a>]]></a>", "a[i[0]]><b>", "]]></Content><MsgId>1</MsgId>",
		"]]></Content><FromUserName><![CDATA[oB]]></FromUserName><Content><![CDATA[", "if (a[b[0]]>1 && c) { }", "]]>]]>", "<![CDATA[ ]]> "} {
		cases = append(cases, spelling{"<Content><![CDATA[" + text + "]]></Content>", text})
	}
	for _, c := range cases {
		body := pushed("text", c.content)
		in, err := parseInbound([]byte(body))
		if err != nil || in.Text != c.want || in.MsgID != 7 || in.FromUserName != "oA" {
			t.Errorf("%q: %+v, %v; want %q", c.content, in, err, c.want)
		}
		if other, err := throughEncodingXML(body); err == nil && reflect.DeepEqual(other, in) {
			t.Errorf("%q: encoding/xml reads the same", c.content)
		}
	}
}

// TestTextInSeveralSpellings is read by both alike.
func TestTextInSeveralSpellings(t *testing.T) {
	for content, want := range map[string]string{
		"<Content>&lt;&gt;&amp;&quot;&apos;</Content>":       `<>&"'`,
		"<Content><![CDATA[a]]]]><![CDATA[>b]]></Content>":   "a]]>b",
		"<Content>a<![CDATA[<i>]]>b</Content>":               "a<i>b",
		"<Content/>":                                         "",
		"<Content>&#x1F600;&#65;&#x4e2d;&#128512;</Content>": "😀A中😀",
		"<Content>遛狗<!-- x -->要牵绳吗</Content>":                "遛狗要牵绳吗",
		"<!-- <Content>b</Content> --><Content>a</Content>":  "a",
		"<A><Content>nested, so another</Content></A>":       "",
		"\n<!-- on lines --> <Content>a</Content>\n":         "a",
	} {
		for _, around := range []string{"", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"} {
			body := around + pushed("text", content)
			in, err := parseInbound([]byte(body))
			if other, otherErr := throughEncodingXML(body); err != nil || in.Text != want || in.MsgID != 7 || otherErr != nil || !reflect.DeepEqual(in, other) {
				t.Errorf("%q: %+v, %v; encoding/xml %+v, %v; want %q", content, in, err, other, otherErr, want)
			}
		}
	}
	if in, err := parseInbound([]byte("\ufeff" + textXML + "\n")); err != nil || in.Text != "遛狗要牵绳吗" {
		t.Errorf("with a mark: %+v, %v", in, err)
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
		if in, err := parseInbound([]byte(body)); !errors.Is(err, ErrXML) || !reflect.DeepEqual(in, inbound{}) {
			t.Errorf("%s: %+v, %v", name, in, err)
		}
		if e, err := ParseEnvelope([]byte(body)); !errors.Is(err, ErrXML) {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
}

// TestBrokenLists: what stands whole is read, and the rest is told.
func TestBrokenLists(t *testing.T) {
	whole := "<List><TemplateId>A</TemplateId><SubscribeStatusString>accept</SubscribeStatusString></List>"
	for name, c := range map[string]struct {
		lists string
		read  int
	}{
		"no end of a list":   {whole + "<List><TemplateId>B</TemplateId>", 1},
		"no end of a field":  {whole + "<List><TemplateId>B</List>", 2},
		"text between":       {whole + "x" + whole, 1},
		"attribute":          {whole + `<List a="b"></List>`, 1},
		"doctype inside":     {whole + `<!DOCTYPE xml>`, 1},
		"instruction inside": {whole + `<?php echo 1 ?>`, 1},
		"too many":           {strings.Repeat(whole, maxElements+1), maxElements},
	} {
		in, err := parseInbound([]byte(event("subscribe_msg_popup_event", "<SubscribeMsgPopupEvent>"+c.lists+"</SubscribeMsgPopupEvent>")))
		if !errors.Is(err, ErrXML) || len(in.Subscriptions) != c.read || in.Subscriptions[0] != (subscription{TemplateID: "A", Status: "accept"}) {
			t.Errorf("%s: %+v, %v", name, in, err)
		}
	}
	in, err := parseInbound([]byte(event("subscribe_msg_popup_event", "<More>x</More><SubscribeMsgPopupEvent><Count>1</Count>"+
		"<List><New><A>x</A></New><TemplateId><![CDATA[A]]></TemplateId></List></SubscribeMsgPopupEvent>")))
	if err != nil || !slices.Equal(in.Subscriptions, []subscription{{TemplateID: "A"}}) {
		t.Errorf("with elements of tomorrow: %+v, %v", in, err)
	}
}

// Documents as large as a body may be, made to be slow, take milliseconds; a second is for a machine in trouble.
func TestReadingIsBounded(t *testing.T) {
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
		parseInbound([]byte(body))
		parseInbound([]byte(body + "</xml>"))
		parseInbound([]byte(pushed("text", body)))
		parseInbound([]byte(event("subscribe_msg_popup_event", body)))
		parseInbound([]byte(event("subscribe_msg_popup_event", strings.ReplaceAll(popups, "<List>", "<List>"+body[:len(body)/2]))))
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
	got, err := readPassive(string(p.XML()))
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

// FuzzXML reads any body. What is read of the platform's elements is what encoding/xml reads, or nothing.
func FuzzXML(f *testing.F) {
	f.Add(textXML)
	f.Add(event("CLICK", `<EventKey>a&amp;b</EventKey>`))
	f.Add(event("subscribe_msg_popup_event", popups))
	f.Add(`<!DOCTYPE l [<!ENTITY a "aaaa">]><xml><Content>&a;</Content></xml>`)
	f.Add("<xml><Content><![CDATA[\xff]]>&lt;</Content></xml>")
	f.Add(`<xml><a/><Content/></xml>`)
	f.Fuzz(func(t *testing.T, body string) {
		in, err := parseInbound([]byte(body))
		if _, envErr := ParseEnvelope([]byte(body)); err == nil && envErr != nil {
			t.Fatalf("the two readers disagree: %v, %v", err, envErr)
		}
		if err != nil || strings.Contains(body, "]]>") || strings.Contains(body, "\r") {
			return // where sections end is ours to say; encoding/xml rewrites line ends
		}
		var want struct {
			XMLName                                  xml.Name `xml:"xml"`
			ToUserName, FromUserName, MsgType, Event []string
		}
		if xml.Unmarshal([]byte(body), &want) != nil {
			return
		}
		for _, c := range []struct {
			got string
			all []string
		}{{in.ToUserName, want.ToUserName}, {in.FromUserName, want.FromUserName}, {in.MsgType, want.MsgType}, {in.Event, want.Event}} {
			if len(c.all) == 1 && c.got != "" && c.got != clean(c.all[0]) {
				t.Errorf("%q, encoding/xml reads %q", c.got, c.all[0])
			}
		}
	})
}
