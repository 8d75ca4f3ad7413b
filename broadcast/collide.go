package broadcast

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// near is within how long of each other two broadcasts to the same residents are worth a second look.
const near = 24 * time.Hour

// shownNear is how many of them a warning names.
const shownNear = 3

// collisions warns of what else goes to residents of b's audience about when b does.
func (s *Service) collisions(ctx context.Context, by Official, b Broadcast) ([]Fault, error) {
	at := s.sending(b)
	waiting := []Status{Submitted, Approved, Scheduled, Held, Freezing, Sending, Paused}
	all, _, err := s.List(ctx, by, Filter{Statuses: waiting, From: at.Add(-near), To: at.Add(near)}, "", MaxList)
	if err != nil {
		return nil, fmt.Errorf("look for other broadcasts at the time: %w", err)
	}
	all = slices.DeleteFunc(all, func(other Broadcast) bool { return other.ID == b.ID || other.apart(b) })
	if len(all) == 0 {
		return nil, nil
	}
	names := make([]string, min(len(all), shownNear))
	for i := range names {
		names[i] = "“" + all[i].Title + "”（" + all[i].Date().In(Zone).Format("1月2日15:04") + "，" + all[i].Status.Label() + "）"
	}
	text := fmt.Sprintf("前后24小时内还有%d场群发可能发给同一批居民：%s", len(all), strings.Join(names, "、"))
	if len(all) > shownNear {
		text += "等"
	}
	return []Fault{{Field: "send_at", Text: text + "。请看看能否合并，或者错开时间", Warning: true}}, nil
}

// apart says that no resident is in both audiences, as far as the places tell that they name. Of a list nothing is told.
func (b Broadcast) apart(other Broadcast) bool {
	if len(b.Audience.Lists()) > 0 || len(other.Audience.Lists()) > 0 {
		return true
	}
	return b.Audience.within(b.Committee).apart(other.Audience.within(other.Committee))
}

// within is r among the residents of a committee, by code; of everybody for "".
func (r Rule) within(committee string) Rule {
	if committee == "" {
		return r
	}
	return Rule{And: []Rule{{Committee: committee}, r}}
}

func (r Rule) apart(other Rule) bool {
	differ := func(a, b string) bool { return a != "" && b != "" && a != b }
	apart := func(part Rule) bool { return part.apart(other) }
	switch {
	case len(r.And) > 0:
		return slices.ContainsFunc(r.And, apart)
	case len(r.Or) > 0:
		return !slices.ContainsFunc(r.Or, func(part Rule) bool { return !apart(part) })
	case len(other.And) > 0 || len(other.Or) > 0:
		return other.apart(r)
	}
	return differ(r.Area, other.Area) || differ(r.Street, other.Street) || differ(r.Committee, other.Committee) || differ(r.Community, other.Community)
}
