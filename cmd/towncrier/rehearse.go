package main

import (
	"context"
	_ "embed" // the rehearsal's table rows
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"towncrier/bot"
	"towncrier/city"
	"towncrier/content"
	"towncrier/inbox"
	"towncrier/roster"
	"towncrier/sandbox"
	"towncrier/staff"
	"towncrier/store"
	"towncrier/wechat"
)

// rehearsalRows are visibly synthetic communities, so that a rehearsal of the built-in city has something to look up.
//
//go:embed rehearsal.csv
var rehearsalRows string

// exampleOf is something to begin with: the city's own example, or else the first button of its menu that leads to an answer.
func exampleOf(lib *content.Library) string {
	if lib.City.Example != "" {
		return lib.City.Example
	}
	for _, button := range lib.Menu {
		for _, b := range append([]content.MenuButton{button}, button.Buttons...) {
			if b.Topic != "" {
				return b.Name
			}
		}
	}
	return "你好"
}

// thingsToTry are what a city's own content can show.
func thingsToTry(lib *content.Library) string {
	ask := exampleOf(lib)
	if lib.City.PrivacyBinding != "" {
		ask += "  —  or bind a number:  绑定手机号"
	}
	return ask
}

// posters are QR codes that a resident may scan in a rehearsal: one a first-level button of the menu, for its first topic.
func posters(c *city.City) []sandbox.Scene {
	var scenes []sandbox.Scene
	for _, button := range c.Library.Menu {
		for _, b := range append([]content.MenuButton{button}, button.Buttons...) {
			if b.Topic != "" {
				scenes = append(scenes, sandbox.Scene{Label: "海报：" + b.Name, Scene: "topic:" + b.Topic})
				break
			}
		}
	}
	for _, c := range rehearsalCommittees {
		scenes = append(scenes, sandbox.Scene{Label: "海报：" + c.Name, Scene: "committee:" + c.Code})
	}
	return scenes
}

// rehearsalCommittees are visibly synthetic; the communities are those of rehearsalRows.
var rehearsalCommittees = []roster.Committee{
	{Code: "demo-1", Name: "演示第一社区居委会", Street: "演示街道", Area: "演示区", Communities: []string{"演示小区甲"}},
	{Code: "demo-2", Name: "演示第二社区居委会", Street: "演示街道", Area: "演示区", Communities: []string{"演示小区乙", "演示小区戊"}},
	{Code: "demo-3", Name: "演示第三社区居委会", Street: "演示街道", Area: "演示区", Communities: []string{"演示家属院丙"}},
}

// sandboxOf is the pretend WeChat and the pretend Alibaba Cloud SMS of a rehearsal that serves at base.
func sandboxOf(cfg Config, base string, c *city.City, log *slog.Logger) sandbox.Config {
	texts := sandboxSMS(cfg.SMS, base)
	texts.Templates = noticeTexts(texts.Templates, c.Library)
	return sandbox.Config{
		AppID: cfg.WeChat.AppID, Secret: cfg.WeChat.Secret, Token: cfg.WeChat.Token, AESKey: cfg.WeChat.AESKey,
		WebhookURL: base + "/wechat", Log: log,
		AccountName: c.Library.City.Name, Welcome: c.Library.City.Area, Suggestion: exampleOf(c.Library),
		Scenes: posters(c), Residents: followers(c.Library, cfg.Residents), Templates: noticeForms(c.Library),
		SMS: texts,
	}
}

// sandboxSMS is a pretend Alibaba Cloud account with the credentials of cfg, which pushes receipts to callbacks, a base URL.
func sandboxSMS(cfg SMSConfig, callbacks string) *sandbox.SMSConfig {
	templates := sandbox.DefaultTemplates()
	templates[0].Code = cfg.CodeTemplate
	return &sandbox.SMSConfig{
		AccessKeyID: cfg.AccessKeyID, AccessKeySecret: cfg.AccessKeySecret,
		Signs: []string{cfg.Sign}, Templates: templates,
		ReportURL: callbacks + "/sms/report/" + cfg.CallbackKey,
		ReplyURL:  callbacks + "/sms/reply/" + cfg.CallbackKey,
	}
}

// rehearsalParts is what rehearse needs of a run.
type rehearsalParts struct {
	out        io.Writer // what the person who started it reads
	addr       string    // that is served already
	cfg        Config
	city       *city.City
	db         *store.DB
	people     *roster.Roster
	colleagues *staff.Service
	opened     <-chan struct{} // closed when somebody opens the phone page
	log        *slog.Logger
}

// rehearse furnishes what serves at addr with committees, residents and staff, and tells the person who started it.
// Residents are made up once: how a rehearsal left them, the next one finds them. What is left to do is returned: show waits
// for the phone page to be opened, then makes the broadcast that goes to it; it returns when that is done or its context ends.
func rehearse(ctx context.Context, p rehearsalParts) (show func(context.Context), err error) {
	lib := p.city.Library
	committees := committeesOf(lib)
	for _, c := range committees {
		if _, err := p.people.PutCommittee(ctx, rehearsalActor, c); err != nil {
			return nil, err
		}
	}
	switch _, err := p.colleagues.Get(ctx, rehearsalAuthor); { // is taken on after all residents are there
	case errors.Is(err, staff.ErrNotFound):
		if err := seedResidents(ctx, p.db, lib, p.cfg.Residents, time.Now()); err != nil {
			return nil, fmt.Errorf("make up residents: %w", err)
		}
	case err != nil:
		return nil, err
	}
	keys, err := hire(ctx, p.colleagues, p.db.Staff(), committees[0])
	if err != nil {
		return nil, err
	}
	base, draft := "http://"+p.addr, draftToShow(lib)
	old, err := underWay(ctx, base, keys)
	if err != nil {
		return nil, err
	}
	show = func(context.Context) {}
	switch {
	case old != "":
		p.announce(keys, watchLines("of an earlier rehearsal goes on", base, keys.author, old))
	case draft == "":
		p.announce(keys, noBroadcast)
	default:
		p.announce(keys, fmt.Sprintf("  A broadcast waits for you to open the phone page, and goes %.0f seconds later. How to watch it is said here then.\n\n", firstSend.Seconds()))
		show = func(ctx context.Context) { p.showBroadcast(ctx, keys, draft) }
	}
	return show, nil
}

// showBroadcast waits for the phone page, so that nobody misses what goes to it, then makes a broadcast of a draft.
func (p rehearsalParts) showBroadcast(ctx context.Context, keys staffKeys, draft string) {
	select {
	case <-ctx.Done():
		return
	case <-p.opened:
	}
	base := "http://" + p.addr
	sent, err := seedBroadcast(ctx, base, keys, draft, time.Now())
	switch {
	case ctx.Err() != nil:
	case err != nil: // a draft that somebody edits is no reason to stop
		p.log.Warn("the rehearsal's broadcast was not made", "err", err)
		fmt.Fprint(p.out, noBroadcast)
	default:
		fmt.Fprint(p.out, sent.announcement(base, keys.author))
	}
}

// announce tells what is running, where to click, what to try, and about the broadcast.
func (p rehearsalParts) announce(keys staffKeys, broadcast string) {
	contentFrom := "built in"
	if p.cfg.Content != "" {
		contentFrom = p.cfg.Content + " (edits take effect within seconds)"
	}
	base := "http://" + p.addr
	fmt.Fprintf(p.out, `
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

`, p.city.Library.City.Name, p.city.Library.City.Area, base, contentFrom, p.cfg.Database, p.cfg.Residents, len(rehearsalCommittees), thingsToTry(p.city.Library),
		keys.admin, keys.author, keys.approver, keys.committee, broadcast, shellPath(p.cfg.Data))
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

// createMenu gives the pretend account its menu over the platform's API, as `towncrier wechat menu` does for a real one.
func createMenu(ctx context.Context, client *wechat.Client, c *city.City, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := client.CreateMenu(ctx, menuButtons(c.Library.Menu)); err != nil && ctx.Err() == nil {
		log.Error("menu not created", "err", err)
	}
}

// teller tells askers by customer-service message.
type teller struct{ client *wechat.Client }

func (t teller) Tell(ctx context.Context, to, text string) error {
	err := t.client.SendText(ctx, to, text)
	if fault, ok := errors.AsType[*wechat.Error](err); ok {
		switch fault.Class {
		case wechat.WindowClosed, wechat.UserGone, wechat.OptedOut:
			return fmt.Errorf("%w: %w", inbox.ErrUnreachable, err)
		}
	}
	return err
}

// counting counts what the dialogue replies.
func (m *metrics) counting(talk *bot.Bot) wechat.Answerer {
	return counted{talk, m}
}

type counted struct {
	talk *bot.Bot
	m    *metrics
}

func (c counted) Reply(ctx context.Context, msg bot.Message) (bot.Reply, error) {
	r, err := c.talk.Reply(ctx, msg)
	if err == nil {
		c.m.replies.WithLabelValues(string(r.Kind), r.Topic).Inc()
	}
	return r, err
}
