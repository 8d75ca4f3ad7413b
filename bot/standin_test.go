package bot_test

import (
	"fmt"
	"strings"
	"testing"

	"towncrier/bot"
)

// What WeChat writes in place of something that it cannot show is nobody's question, thanks or consent.
func TestWhatThePlatformWroteIsNotTheResidentsWord(t *testing.T) {
	b := newTrial(t, "yuncheng")
	for i, text := range []string{
		"[流泪]", "[微笑]", "[捂脸][捂脸][捂脸]", "[强]", "[OK]", "[好的]", "[旺柴] [再见]", "[Smile]", "[Thumbs Up]", "[FacePalm]", "/::)", "/:8-)", "/:,@f", "/:rose/:rose", "/::'(", "/:handclap", "/:ok",
		"[收到不支持的消息类型，暂无法显示]", "【收到不支持的消息类型，暂无法显示】", "[该消息类型暂不能展示]", "[Unsupported message]",
		"", "   ", "\n\n", "\u200b", "\u200b\u200d\ufeff", "\u3000", "\u3164", "\u2800", "\u00a0\u2028", "[微笑]\u200b",
	} {
		for _, kind := range []bot.Kind{bot.Text, bot.Voice} {
			if kind == bot.Voice && strings.TrimSpace(text) == "" {
				continue // a voice message without words has a sentence of its own
			}
			r, err := b.Reply(t.Context(), bot.Message{From: fmt.Sprint("o", i, kind), Kind: kind, Text: text})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(r.Text, "没有看懂") || r.Kind != bot.Declined {
				t.Errorf("%s %q: %s %q", kind, text, r.Kind, r.Text)
			}
		}
	}
	// It asks nothing to be done either: what was offered stays open.
	tell(t, b, "oOpen", "提意见")
	if r := tell(t, b, "oOpen", "[流泪]"); !strings.Contains(r.Text, "没有看懂") {
		t.Errorf("inside of a suggestion: %q", r.Text)
	}
}

// Beside words it changes nothing.
func TestFacesBesideWordsAreLeftOut(t *testing.T) {
	b := newTrial(t, "yuncheng")
	want := tell(t, b, "o", "遛狗要牵绳吗").Text
	for _, text := range []string{"遛狗要牵绳吗[微笑]", "[疑问]遛狗要牵绳吗", "遛狗要牵绳吗/::)", "遛狗要牵绳吗 /:rose", "遛狗要牵绳吗[收到不支持的消息类型，暂无法显示]"} {
		if got := tell(t, b, "o "+text, text).Text; got != want {
			t.Errorf("%q is answered %q", text, got)
		}
	}
	for _, text := range []string{"👍", "谢谢[玫瑰]"} {
		if got := tell(t, b, "o "+text, text).Text; !strings.Contains(got, "不客气") {
			t.Errorf("%q is answered %q", text, got)
		}
	}
}
