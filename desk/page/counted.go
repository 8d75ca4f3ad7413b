package page

import (
	"net/http"
	"strings"
	"time"
)

// Counted is when something that a page shows was counted, and whether it is being counted anew: a page waits for no count of everybody.
type Counted struct {
	At     time.Time // zero until the first count is there
	Making bool
	Live   string // address of the same part, for live.js; "" when nothing will change
}

// CountedAt is a part's. The part asks path for itself until the count is there.
func CountedAt(at time.Time, making bool, path string) Counted {
	c := Counted{At: at, Making: making}
	if making {
		c.Live = path
	}
	return c
}

// Words say it above the figures.
func (c Counted) Words() string {
	switch clock := c.At.In(Zone).Format("15:04"); {
	case c.At.IsZero():
		return "正在清点。过一会儿再看这一页，数字就有了。"
	case c.Making:
		return clock + " 清点。正在重新清点。"
	default:
		return clock + " 清点。"
	}
}

// Counting answers live.js with a part of a page: the last time when its count is there.
func (v *Visit) Counting(page, name string, data any, c Counted) (Result, error) {
	html, err := v.Render(page, name, data)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(v.Request.Header.Get("Accept"), "text/event-stream") {
		if !c.Making {
			if v.Query("seen") == "counted" { // the page stops asking
				v.w.WriteHeader(http.StatusNoContent)
				return Done, nil
			}
			v.w.Header().Set("Last-Event-ID", "counted")
		}
		return rendered{http.StatusOK, html}, nil
	}
	event := "end"
	if c.Making {
		event = "message"
	}
	v.w.Header().Set("Content-Type", "text/event-stream")
	v.w.Header().Set("X-Accel-Buffering", "no")
	_, err = v.w.Write([]byte("event: " + event + "\ndata: " + strings.ReplaceAll(strings.TrimSpace(string(html)), "\n", "\ndata: ") + "\n\n"))
	return Done, err
}
