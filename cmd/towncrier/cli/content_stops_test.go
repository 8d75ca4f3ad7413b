package cli

import (
	"fmt"
	"strings"
	"testing"

	"towncrier/api/wire"
)

// TestStopsArePrinted: what moves first, each with its reason, and of very many answers how many there are.
func TestStopsArePrinted(t *testing.T) {
	stops := wire.ContentStops{
		Broadcasts: []wire.StoppedSend{{ID: "B1", Title: "停水通知", Label: "已排期", Why: "所依据的公告N1已撤回"}},
		Series:     []wire.StoppedSend{{ID: "S1", Title: "每周一报", Why: "所依据的公告N1已撤回", New: true}},
		Drafts:     []string{"water"},
	}
	for i := range 22 {
		stops.Intents = append(stops.Intents, wire.StoppedAnswer{ID: fmt.Sprintf("water.%d", i), Title: "停水"})
	}
	var out strings.Builder
	printDraftStops(&out, stops)
	if got := out.String(); !strings.HasPrefix(got, "发布这份稿件会：\n  停止群发 停水通知（B1，已排期）：所依据的公告N1已撤回\n"+
		"  停止定期发送 每周一报（S1）：所依据的公告N1已撤回（送审之后才有，须重新送审）\n  停用备好的群发稿 water\n  停止答复 停水（water.0）\n") ||
		!strings.HasSuffix(got, "（water.19）\n  另有2个答复停止\n") {
		t.Error(got)
	}
}
