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

// announce tells what is running, where to click, what to try, how to work as its staff, and about the broadcast. It tells no secret.
func (p *stageHand) announce(broadcast string) {
	contentFrom := "built in"
	if p.cfg.Content != "" {
		contentFrom = p.cfg.Content + " (edits take effect within seconds)"
	}
	fmt.Fprintf(p.Out, `
  towncrier rehearses %[1]s · %[2]s

    console      %[14]s/desk/   (one press signs a made-up colleague in)
    phone page   %[3]s/sandbox/
    API          %[3]s/api/v1/openapi.json
    metrics      %[3]s/metrics
    content      %[4]s
    database     %[5]s (SQLite), Redis, WeChat and SMS embedded: nothing leaves this machine
    residents    %[6]d, all made up, in %[7]d committees: in WeChat, by SMS only, unreachable, opted out

  Open the phone page and ask:  %[8]s
  Watch the broadcast arrive:  居民甲 by SMS, 乙 as 服务通知, 丙 as a template message; 丁 blocks notices, and gets the SMS
  To work as a member of its staff, in another terminal:
    export %[9]s=%[3]s %[10]s=%[11]s
  To work as another, name another file in that folder: %[12]s

%[13]s  Ctrl-C stops it.

`, p.lib.City.Name, p.lib.City.Area, p.base, contentFrom, p.cfg.Database, p.cfg.Residents, len(committees), thingsToTry(p.lib),
		config.URLVariable, config.KeyVariable+config.FileSuffix, shellPath(p.cfg.keyFile(colleagues[0].file)), otherColleagues(), broadcast, strings.Replace(p.base, "127.0.0.1", "localhost", 1))
}

// otherColleagues are the names of the files of all keys but the first.
func otherColleagues() string {
	var names []string
	for _, who := range colleagues[1:] {
		names = append(names, who.file)
	}
	return strings.Join(names, ", ")
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
func (p *stageHand) announcement(s seeded) string {
	when := "goes at " + s.At.In(broadcast.Zone).Format(time.TimeOnly) + " (Asia/Shanghai)"
	if s.Window != "" {
		when += ", in a window of " + s.Window + ": the usual " + broadcast.DefaultWindow.String() + " would hold it up"
	}
	return p.watchLines(when, s.ID)
}

// watchLines say what a broadcast does, and how to watch it.
func (p *stageHand) watchLines(does, id string) string {
	return fmt.Sprintf("  A broadcast %s. Watch it from another terminal, and on the phone page:\n\n    %s=%s %s=%s %s broadcast status %s --watch\n\n",
		does, config.URLVariable, p.base, config.KeyVariable+config.FileSuffix, shellPath(p.cfg.keyFile("author")), p.Program, id)
}
