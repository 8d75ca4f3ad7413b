package main

import (
	"context"
	_ "embed" // the rehearsal's table rows
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"towncrier/bot"
	"towncrier/city"
	"towncrier/content"
	"towncrier/inbox"
	"towncrier/sandbox"
	"towncrier/wechat"
)

// rehearsalRows are visibly synthetic communities, so that a rehearsal of the built-in city has something to look up.
//
//go:embed rehearsal.csv
var rehearsalRows string

// tryThis is a question to begin with. A city that knows nothing of it declines, which is worth seeing too.
const tryThis = "遛狗不拴绳咋办"

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
	return scenes
}

// announce tells who started a rehearsal what is running, where to click, and what to try.
func announce(w io.Writer, addr string, cfg Config, c *city.City) {
	contentFrom := "built in"
	if cfg.Content != "" {
		contentFrom = cfg.Content + " (edits take effect within seconds)"
	}
	fmt.Fprintf(w, `
  towncrier rehearses %s · %s

    phone page   http://%s/sandbox/
    metrics      http://%s/metrics
    content      %s
    database     %s (SQLite), Redis and WeChat embedded: nothing leaves this machine

  Open the phone page and ask:  %s
  Ctrl-C stops it.

`, c.Library.City.Name, c.Library.City.Area, addr, addr, contentFrom, cfg.Database, tryThis)
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
