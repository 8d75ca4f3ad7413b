package sends

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"towncrier/api"
	"towncrier/desk/page"
)

const (
	lookEvery = 2 * time.Second
	heartbeat = 15 * time.Second // keeps proxies from closing a quiet stream, and finds pages that are gone
	patience  = 10 * time.Second // of one write
	behind    = 5 * time.Second  // longest that a count lags
)

// live keeps a page current that is open: by a stream of events, or a piece at a time for a page whose stream does not come through. All pages
// of a process share one count (broadcast.Service.Progress): hundreds of them ask the database no more than one does.
func live(v *page.Visit) (page.Result, error) {
	seen := v.Request.Header.Get("Last-Event-ID")
	if seen == "" {
		seen = v.Query("seen")
	}
	w := &watch{v: v, seen: readSeen(seen)}
	if strings.Contains(v.Request.Header.Get("Accept"), "text/event-stream") {
		end, err := v.Stream()
		if err != nil {
			return nil, err
		}
		defer end()
		return page.Done, w.stream(v.Path("id"))
	}
	before := w.seen
	p, err := w.await(v.Path("id"))
	switch {
	case err != nil:
		return nil, err
	case p == nil:
		v.Writer().WriteHeader(http.StatusServiceUnavailable)
		return page.Done, nil
	case p.Over && p.Seen == before: // the page stops asking
		v.Writer().WriteHeader(http.StatusNoContent)
		return page.Done, nil
	}
	v.Writer().Header().Set("Last-Event-ID", p.Seen.String())
	return v.Partial(area+"/detail", "progress", p)
}

// await looks until what was counted is no older than what was seen: a count serves for two seconds, and another process may be behind. It gives up
// after a while, with nil.
func (w *watch) await(id string) (*Progress, error) {
	for end := time.Now().Add(behind); ; {
		p, ok, err := w.look(id)
		if ok || err != nil || time.Now().After(end) {
			return p, err
		}
		select {
		case <-w.v.Context().Done():
			return nil, nil
		case <-w.v.Closing():
			return nil, nil
		case <-time.After(lookEvery / 4):
		}
	}
}

// stream sends a piece whenever something changed, until nothing will change any more, the page is closed or the colleague is signed out. While
// the database is away it sends nothing, and goes on when it is back: a piece says when it was counted.
func (w *watch) stream(id string) error {
	v := w.v
	out := v.Writer()
	server := http.NewResponseController(out)
	server.SetReadDeadline(time.Time{}) // a server's ReadTimeout would end the stream
	out.Header().Set("Content-Type", "text/event-stream")
	out.Header().Set("X-Accel-Buffering", "no")
	send := func(text string) error {
		server.SetWriteDeadline(time.Now().Add(patience))
		if _, err := out.Write([]byte(text)); err != nil {
			return err
		}
		return server.Flush()
	}
	tick, beat := time.NewTicker(lookEvery), time.NewTicker(heartbeat)
	defer tick.Stop()
	defer beat.Stop()
	if send(": \n\n") != nil {
		return nil
	}
	var last []byte
	for {
		p, ok, err := w.look(id)
		if refused(err) {
			_ = send("event: end\ndata: \n\n")
			return nil
		}
		if err == nil && ok {
			html, err := v.Render(area+"/detail", "progress", p)
			if err != nil {
				return err
			}
			if !bytes.Equal(html, last) {
				if last = html; send(event(p, html)) != nil || p.Over {
					return nil
				}
			}
		}
		select {
		case <-v.Context().Done():
			return nil
		case <-v.Closing():
			return nil
		case <-beat.C:
			if send(": \n\n") != nil {
				return nil
			}
		case <-tick.C:
			if v.StillIn() != nil {
				return nil
			}
		}
	}
}

// refused says whether there is nothing to see here any more.
func refused(err error) bool {
	r, is := errors.AsType[*api.Refusal](err)
	return is && (r.Status == http.StatusForbidden || r.Status == http.StatusNotFound)
}

func event(p *Progress, html []byte) string {
	name := "message"
	if p.Over {
		name = "end"
	}
	data := strings.ReplaceAll(strings.TrimSpace(string(html)), "\n", "\ndata: ")
	return fmt.Sprintf("id: %s\nevent: %s\ndata: %s\n\n", p.Seen, name, data)
}
