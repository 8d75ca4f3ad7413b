package broadcast

import (
	"fmt"
	"time"

	"towncrier/problem"
)

// Zone is the one civil time of the country, without daylight saving since 1991: a fixed offset is exact and needs no zone
// database.
var Zone = time.FixedZone("Asia/Shanghai", 8*60*60)

const dayMinutes = 24 * 60

// Window is a time of day, in the city's zone, minutes since midnight. From < To; at To it is closed.
type Window struct{ From, To int }

// DefaultWindow is 08:00 to 20:00.
var DefaultWindow = Window{8 * 60, 20 * 60}

// Validate refuses a window that is none. The zero value is the default window.
func (w Window) Validate() error {
	if w == (Window{}) || w.From >= 0 && w.From < w.To && w.To <= dayMinutes {
		return nil
	}
	return &problem.Invalid{Field: "window", Reason: "应写同一天内的起止时间，先起后止，例如 08:00-20:00"}
}

// Allows says whether it is open at an instant.
func (w Window) Allows(at time.Time) bool {
	w = w.orDefault()
	local := at.In(Zone)
	minute := local.Hour()*60 + local.Minute()
	return w.From <= minute && minute < w.To
}

// Next is the first instant from at on at which it is open.
func (w Window) Next(at time.Time) time.Time {
	if w.Allows(at) {
		return at
	}
	w = w.orDefault()
	local := at.In(Zone)
	day := local.Day()
	if local.Hour()*60+local.Minute() >= w.To {
		day++
	}
	return time.Date(local.Year(), local.Month(), day, 0, w.From, 0, 0, Zone).In(at.Location())
}

// String is 08:00-20:00.
func (w Window) String() string {
	w = w.orDefault()
	return fmt.Sprintf("%02d:%02d-%02d:%02d", w.From/60, w.From%60, w.To/60, w.To%60)
}

// ParseWindow reads the form that String prints.
func ParseWindow(s string) (Window, error) {
	var from, to [2]int
	_, err := fmt.Sscanf(s, "%d:%d-%d:%d", &from[0], &from[1], &to[0], &to[1])
	w := Window{from[0]*60 + from[1], to[0]*60 + to[1]}
	if err != nil || w == (Window{}) || w.String() != s || w.Validate() != nil {
		return Window{}, &problem.Invalid{Field: "window", Reason: "应写同一天内的起止时间，先起后止，例如 08:00-20:00"}
	}
	return w, nil
}

func (w Window) orDefault() Window {
	if w == (Window{}) {
		return DefaultWindow
	}
	return w
}

// MayGo says whether b's window lets it go at an instant. An emergency always may.
func (b Broadcast) MayGo(at time.Time) bool { return b.Emergency || b.Window.Allows(at) }
