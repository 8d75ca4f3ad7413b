package app

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/content"
	"towncrier/notify"
	"towncrier/staff"
	"towncrier/wechat"
)

// noticeEvery is how often it is looked what waits for whom.
const noticeEvery = 15 * time.Second

// staffMessages are to members of staff, by template message, or by customer-service message where the city has no template for them. It is a
// notify.Sender.
type staffMessages struct {
	client  *wechat.Client
	library func() *content.Library
	desk    string // address of the console, "" for none
}

// Send implements notify.Sender. Nobody who cannot be told is an error: what waits stands on their home page.
func (s staffMessages) Send(ctx context.Context, openid string, m notify.Message) error {
	err := s.send(ctx, openid, m)
	if fault, ok := errors.AsType[*wechat.Error](err); ok {
		switch fault.Class {
		case wechat.UserGone, wechat.OptedOut, wechat.WindowClosed, wechat.Done:
			return nil
		case wechat.Retry, wechat.Late:
			return fmt.Errorf("%w: %w", notify.ErrNotNow, err)
		}
	}
	return err
}

func (s staffMessages) send(ctx context.Context, openid string, m notify.Message) error {
	if t := s.library().Templates[content.StaffTask]; t != nil && t.Channel == content.TemplateChannel {
		if data := fill(t, m); len(t.Check(data)) == 0 {
			return s.client.SendTemplate(ctx, openid, m.ID, t.Code, data, s.desk)
		}
	}
	return s.client.SendText(ctx, openid, strings.TrimSpace(m.What+"："+m.More+"。\n"+s.desk))
}

// fill puts a message into a template's variables, which the platform named: the first thing is what waits, the second how much.
func fill(t *content.Template, m notify.Message) map[string]string {
	data, things := map[string]string{}, []string{m.What, m.More}
	for _, v := range t.Vars {
		switch {
		case v.Type == "thing" && len(things) > 0:
			data[v.Name], things = things[0], things[1:]
		case v.Type == "time", v.Type == "date":
			data[v.Name] = m.At.Format("2006年1月2日 15:04")
		case v.Type == "number":
			data[v.Name] = strconv.Itoa(m.N)
		}
	}
	return data
}

// waitingBy asks the API what waits for somebody, as their home page does.
func waitingBy(calls *api.Calls) (func(context.Context, staff.Person) ([]notify.Thing, error), error) {
	list, err := api.Find[api.Nothing, wire.Page[wire.Task]](calls, "list-my-tasks")
	return func(ctx context.Context, p staff.Person) (all []notify.Thing, err error) {
		tasks, err := list.Do(ctx, api.Caller{Person: p, Counted: true}, "", api.Nothing{})
		for _, t := range tasks.Items {
			all = append(all, notify.Thing{Task: t.Kind, Label: t.Label, ID: t.ID, Since: t.Since})
		}
		return all, err
	}, err
}
