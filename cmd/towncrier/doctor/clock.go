package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

const (
	// clockDrifts is more than a clock that is set by NTP is off, and than what comes of whole seconds and slow answers.
	clockDrifts = 30 * time.Second
	setTheClock = "set this server's clock right, by NTP for example (timedatectl set-ntp true)"
)

// Clock is another's clock, which ours is compared with.
type Clock struct {
	Of    string                                       // whose it is
	Limit time.Duration                                // how far ours may be off before Harm is done
	Harm  string                                       // what that is
	Read  func(ctx context.Context) (time.Time, error) // what it says
}

// Clocks compares this server's clock, now, with others'.
func Clocks(now func() time.Time, clocks ...Clock) Check {
	return Check{"clock", "this server's clock", func(ctx context.Context) (found []Finding) {
		for _, c := range clocks {
			found = append(found, c.compare(ctx, now))
		}
		return found
	}}
}

func (c Clock) compare(ctx context.Context, now func() time.Time) Finding {
	before := now()
	there, err := c.Read(ctx)
	after := now()
	if err != nil {
		return unchecked(c.Of, "the clock of "+c.Of+" cannot be read: "+err.Error(),
			"see that this machine reaches "+c.Of+"; until then compare its clock by `timedatectl` or `chronyc tracking`")
	}
	offset := before.Add(after.Sub(before) / 2).Sub(there).Round(time.Second)
	which := "ahead of"
	if offset < 0 {
		which = "behind"
	}
	what := fmt.Sprintf("this server's clock is %s %s that of %s", offset.Abs(), which, c.Of)
	switch {
	case offset.Abs() > c.Limit:
		return fault(c.Of, what+": "+c.Harm, setTheClock)
	case offset.Abs() > clockDrifts:
		return warning(c.Of, what+fmt.Sprintf("; beyond %s %s", c.Limit, c.Harm), setTheClock)
	}
	return ok(c.Of, "this server's clock agrees with that of "+c.Of)
}

// HTTPDate reads the clock of a server from the Date of its answer, whatever that is.
func HTTPDate(url string) func(ctx context.Context) (time.Time, error) {
	return func(ctx context.Context) (at time.Time, err error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return at, errors.New("the address cannot be called")
		}
		transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: 10 * time.Second}
		defer transport.CloseIdleConnections()
		resp, err := transport.RoundTrip(req)
		if err != nil {
			return at, err
		}
		resp.Body.Close()
		return http.ParseTime(resp.Header.Get("Date"))
	}
}
