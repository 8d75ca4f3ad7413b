package rehearsal

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"towncrier/broadcast"
	"towncrier/cmd/towncrier/config"
	"towncrier/content"
)

// announce tells what is running, where to click, what to try, and about the broadcast.
func (p *stageHand) announce(keys staffKeys, broadcast string) {
	contentFrom := "built in"
	if p.cfg.Content != "" {
		contentFrom = p.cfg.Content + " (edits take effect within seconds)"
	}
	fmt.Fprintf(p.Out, `
  towncrier rehearses %[1]s · %[2]s

    phone page   %[3]s/sandbox/
    API          %[3]s/api/v1/openapi.json
    metrics      %[3]s/metrics
    content      %[4]s
    database     %[5]s (SQLite), Redis, WeChat and SMS embedded: nothing leaves this machine
    residents    %[6]d, all made up, in %[7]d committees: in WeChat, by SMS only, unreachable, opted out

  Open the phone page and ask:  %[8]s
  Watch the broadcast arrive:  居民甲 by SMS, 乙 as 服务通知, 丙 as a template message; 丁 blocks notices, and gets the SMS
  Keys for the API, good until the next rehearsal:
    admin        %[9]s
    author       %[10]s
    approver     %[11]s
    committee    %[12]s
    curl -H 'Authorization: Bearer %[9]s' %[3]s/api/v1/residents
  For the commands on this machine (inbox, roster, committee, staff, audit), in another terminal:
    export TOWNCRIER_DATA=%[14]s TOWNCRIER_KEY_FILE=%[14]s/key

%[13]s  Ctrl-C stops it.

`, p.lib.City.Name, p.lib.City.Area, p.base, contentFrom, p.cfg.Database, p.cfg.Residents, len(committees), thingsToTry(p.lib),
		keys.admin, keys.author, keys.approver, keys.committee, broadcast, shellPath(p.cfg.Data))
}

// thingsToTry are what a city's own content can show.
func thingsToTry(lib *content.Library) string {
	ask := exampleOf(lib)
	if lib.City.PrivacyBinding != "" {
		ask += "  —  or bind a number:  绑定手机号"
	}
	return ask
}

// shellPath is a path to be typed into a shell, from any folder.
func shellPath(path string) string {
	if whole, err := filepath.Abs(path); err == nil {
		path = whole
	}
	if strings.ContainsFunc(path, func(r rune) bool { return strings.ContainsRune(" '\"\\$`", r) }) {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}

// announcement says when the broadcast goes, and how to watch it.
func (p *stageHand) announcement(s seeded, key string) string {
	when := "goes at " + s.At.In(broadcast.Zone).Format(time.TimeOnly) + " (Asia/Shanghai)"
	if s.Window != "" {
		when += ", in a window of " + s.Window + ": the usual " + broadcast.DefaultWindow.String() + " would hold it up"
	}
	return p.watchLines(when, key, s.ID)
}

// watchLines say what a broadcast does, and how to watch it.
func (p *stageHand) watchLines(does, key, id string) string {
	return fmt.Sprintf("  A broadcast %s. Watch it from another terminal, and on the phone page:\n\n    %s=%s %s=%s %s broadcast status %s --watch\n\n",
		does, config.URLVariable, p.base, config.KeyVariable, key, p.Program, id)
}
