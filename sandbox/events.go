package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"towncrier/sandbox/platform"
)

// heartbeat keeps proxies from closing a quiet stream, and finds pages that are gone.
const heartbeat = 15 * time.Second

// serveEvents streams to an open page: first everything ("state", "record"), then each entry that is new or changed
// ("entry") and the state when it changed. A page that lost the stream just connects again.
func serveEvents(w http.ResponseWriter, r *http.Request, base *platform.Base, state func() pageState) {
	past, news, stop := base.Record.Listen()
	defer stop()
	out := http.NewResponseController(w)
	out.SetReadDeadline(time.Time{}) // a server's ReadTimeout would end the stream
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	send := func(event string, v any) bool {
		data, err := json.Marshal(v)
		if err != nil {
			base.Log.Error("sandbox event not written", "event", event, "err", err)
			return false
		}
		out.SetWriteDeadline(time.Now().Add(heartbeat)) // servers without deadlines refuse; theirs is none then
		_, err = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", event, data)
		return err == nil && out.Flush() == nil
	}
	if !send("state", state()) || !send("record", past) {
		return
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for open := true; open; {
		select {
		case e, listening := <-news:
			switch {
			case !listening:
				return
			case e != nil:
				open = send("entry", e)
			default:
				open = send("state", state())
			}
		case <-beat.C:
			open = send("beat", nil)
		case <-r.Context().Done():
			return
		case <-base.Closed():
			return
		}
	}
}
