package store

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"towncrier/broadcast"
	"towncrier/roster"
)

const (
	// countSlice is how many rows one statement counts: about 60 ms, so that the sort stays in memory and a cut takes effect.
	countSlice = 20_000
	// scanners is how many connections scan at once in a process. They share the machine with the answers to residents.
	scanners = 2
	scanIdle = time.Minute
)

// What a planner goes by is packed into one number, so that the database groups by it.
const (
	hasPhone = 1 << iota
	hasWeChat
	isSuppressed
	hasConsent
	isSubscribed
	isSelfDeclared
	choiceBits = iota // above them: a digit of base 3 for each of six choices, 0 none, 1 no, 2 yes
)

// choices are what somebody can have decided about one topic, in the order of their digits; the last three are about the topic itself.
var choices = [6]roster.Preference{{}, {Channel: roster.WeChat}, {Channel: roster.SMS}, {}, {Channel: roster.WeChat}, {Channel: roster.SMS}}

// recentBits is above the choices, of which there are 3^6 = 729.
const recentBits = choiceBits + 10

// AudienceCounts implements broadcast.Store.
func (s *Broadcasts) AudienceCounts(ctx context.Context, scope broadcast.Scope) ([]broadcast.Bucket, error) {
	query, args, err := s.countQuery(ctx, scope)
	if err != nil {
		return nil, wrap("count an audience", err)
	}
	var first, last int64
	err = s.db.scan.QueryRowContext(ctx, `SELECT COALESCE(min(id), 0), COALESCE(max(id), -1) FROM resident`).Scan(&first, &last)
	if err != nil {
		return nil, wrap("count an audience", err)
	}
	var mu sync.Mutex
	total := make(map[int64]int)
	err = inSlices(ctx, first, last, func(ctx context.Context, from, to int64) error {
		return rowsOf(s.db.scan.QueryContext(ctx, query, append([]any{from, to}, args...)...)).each(func(row row) error {
			var k int64
			var n int
			if err := row.Scan(&k, &n); err != nil {
				return err
			}
			mu.Lock()
			total[k] += n
			mu.Unlock()
			return nil
		})
	})
	if err != nil {
		return nil, wrap("count an audience", err)
	}
	var all []broadcast.Bucket
	for k, n := range total {
		all = append(all, broadcast.Bucket{Candidate: unpack(k, scope), N: n})
	}
	return all, nil
}

// inSlices has the numbers from first to last counted, a slice after the other, by several readers at once: each calls count with
// the first number of a slice and the first behind it.
func inSlices(ctx context.Context, first, last int64, count func(ctx context.Context, from, to int64) error) error {
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(scanners)
	for from := first; from <= last && within.Err() == nil; from += countSlice {
		group.Go(func() error { return count(within, from, from+countSlice) })
	}
	return cmp.Or(group.Wait(), ctx.Err())
}

// countQuery is the SELECT of a slice, whose ends are $1 and $2, and its other arguments.
func (s *Broadcasts) countQuery(ctx context.Context, scope broadcast.Scope) (query string, args []any, err error) {
	arg := numbered(&args, 2)
	var parts []string
	bit := func(bit int, condition string) {
		parts = append(parts, fmt.Sprintf("CASE WHEN %s THEN %d ELSE 0 END", condition, bit))
	}
	bit(hasPhone, "r.phone_find IS NOT NULL")
	bit(hasWeChat, "r.openid_find IS NOT NULL")
	bit(isSuppressed, "EXISTS (SELECT 1 FROM suppression s WHERE s.phone_find = r.phone_find)")
	bit(hasConsent, "EXISTS (SELECT 1 FROM consent c WHERE c.resident = r.id AND c.what = "+arg(roster.Notices)+")")
	if scope.Declared {
		bit(isSelfDeclared, "r.place_from = "+arg(roster.FromChat))
	}
	if scope.Template != "" {
		bit(isSubscribed, "r.openid_find IS NOT NULL AND EXISTS (SELECT 1 FROM subscription u WHERE u.resident = r.id AND u.template = "+arg(scope.Template)+")")
	}
	parts = append(parts, fmt.Sprintf(`%d * COALESCE((SELECT sum(CASE WHEN p.topic = '' THEN 1 ELSE 27 END
		* CASE p.channel WHEN '' THEN 1 WHEN 'wechat' THEN 3 ELSE 9 END * (1 + p.wants))
		FROM preference p WHERE p.resident = r.id AND p.topic IN ('', %s)), 0)`, 1<<choiceBits, arg(scope.Topic)))
	recent, err := s.recent(ctx, scope)
	if err != nil {
		return "", nil, err
	}
	if recent != "" {
		parts = append(parts, fmt.Sprintf(`%d * (SELECT count(*) FROM recipient p WHERE p.resident = r.id AND p.broadcast IN (%s) AND p.given = 1)`,
			1<<recentBits, recent))
	}
	query = `SELECT k, count(*) FROM (SELECT ` + strings.Join(parts, "\n\t+ ") + ` AS k FROM resident r
		WHERE r.id >= $1 AND r.id < $2 AND ` + s.within(scope, arg) + `) counted GROUP BY k`
	return query, args, nil
}

// recent lists the broadcasts that Recent counts, "" when they are too few to matter.
func (s *Broadcasts) recent(ctx context.Context, scope broadcast.Scope) (nums string, err error) {
	if scope.Most == 0 {
		return "", nil
	}
	all, err := scalars[string](s.db.scan.QueryContext(ctx, `SELECT num FROM broadcast WHERE emergency = 0 AND freezing_at >= $1`, scope.Since.UnixMilli()))
	if len(all) < scope.Most {
		all = nil
	}
	return strings.Join(all, ", "), err
}

// unpack is a resident of which no more is known than the number says.
func unpack(k int64, scope broadcast.Scope) broadcast.Candidate {
	c := broadcast.Candidate{Phone: k&hasPhone != 0, WeChat: k&hasWeChat != 0, Suppressed: k&isSuppressed != 0, SelfDeclared: k&isSelfDeclared != 0, Recent: int(k >> recentBits)}
	if k&hasConsent != 0 {
		c.Consents = []roster.Consent{{What: roster.Notices}}
	}
	if k&isSubscribed != 0 {
		c.Templates = []string{scope.Template}
	}
	digits := k >> choiceBits & (1<<(recentBits-choiceBits) - 1)
	for i, choice := range choices {
		if i >= len(choices)/2 {
			choice.Topic = scope.Topic
		}
		if digit := digits % 3; digit > 0 {
			choice.Wants = digit == 2
			c.Preferences = append(c.Preferences, choice)
		}
		digits /= 3
	}
	return c
}

// Sample implements broadcast.Store.
func (s *Broadcasts) Sample(ctx context.Context, scope broadcast.Scope, limit int) (found []broadcast.Candidate, err error) {
	args := []any{limit}
	arg := numbered(&args, 0)
	ids, err := scalars[int64](s.db.scan.QueryContext(ctx, `SELECT r.id FROM resident r WHERE `+s.within(scope, arg)+` ORDER BY random() LIMIT $1`, args...))
	if err != nil {
		return nil, wrap("choose residents to show", err)
	}
	found, _, err = s.candidates(ctx, `r.id `+s.in(1), jsonArray(append([]int64{}, ids...)), scope.Rule.Lists(), scope.Since, limit)
	return found, err
}

// numbered appends to args and gives each its parameter, behind so many others.
func numbered(args *[]any, others int) func(value any) string {
	return func(value any) string {
		*args = append(*args, value)
		return fmt.Sprintf("$%d", others+len(*args))
	}
}

// within is the condition that a resident r is in a scope.
func (s *Broadcasts) within(scope broadcast.Scope, arg func(any) string) string {
	chosen := s.chosen(scope.Rule, arg)
	if scope.Committee != "" {
		chosen = s.chosen(broadcast.Rule{Committee: scope.Committee}, arg) + " AND " + chosen
	}
	return chosen
}

// chosen is broadcast.Rule.Match as a condition on residents r. It is true or false and never NULL, which NOT would keep.
func (s *Broadcasts) chosen(rule broadcast.Rule, arg func(any) string) string {
	// COALESCE also keeps SQLite from going by the index of committees: it would read a slice in their order, twice as slowly.
	const home = `COALESCE(r.committee, '') IN (SELECT code FROM committee WHERE %s = %s)`
	switch {
	case rule.All:
		return `TRUE`
	case rule.Area != "":
		return fmt.Sprintf(home, "area", arg(rule.Area))
	case rule.Street != "":
		return fmt.Sprintf(home, "street", arg(rule.Street))
	case rule.Committee != "":
		return `(r.committee IS NOT NULL AND r.committee = ` + arg(rule.Committee) + `)`
	case rule.Community != "":
		return `r.community = ` + arg(rule.Community)
	case rule.Tag != "":
		return fmt.Sprintf(s.db.hasTag, arg(rule.Tag))
	case rule.Topic != "":
		return `EXISTS (SELECT 1 FROM preference p WHERE p.resident = r.id AND p.topic = ` + arg(rule.Topic) + ` AND p.wants = 1)`
	case rule.List != "":
		return `EXISTS (SELECT 1 FROM list_number l WHERE l.phone_find = r.phone_find AND l.list = ` + arg(rule.List) + `)`
	case len(rule.And) > 0:
		return s.joined(rule.And, " AND ", arg)
	case len(rule.Or) > 0:
		return s.joined(rule.Or, " OR ", arg)
	case rule.Not != nil:
		return `NOT ` + s.chosen(*rule.Not, arg)
	}
	return `FALSE`
}

func (s *Broadcasts) joined(rules []broadcast.Rule, with string, arg func(any) string) string {
	parts := make([]string, len(rules))
	for i, part := range rules {
		parts[i] = s.chosen(part, arg)
	}
	return `(` + strings.Join(parts, with) + `)`
}

// since is a lower bound of instants; without one none is counted.
func since(t time.Time) int64 {
	if t.IsZero() {
		return noInstant
	}
	return t.UnixMilli()
}

// noInstant is later than every instant that is kept.
const noInstant = 1<<63 - 1
