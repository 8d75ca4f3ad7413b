package page

import "net/http"

// Open pages hold connections, of which a server has some thousands for everybody, residents first.
const (
	streamsEach = 256  // of one person: browsers hold a hundred at most
	streamsAll  = 1024 // of a process
)

// Stream takes a place for an answer that is as long as its page is open; end gives it back. A page that gets none asks again and again.
func (v *Visit) Stream() (end func(), err error) {
	if end, _ = v.kit.streams.Take(v.Person.ID, streamsEach, streamsAll); end == nil {
		err = Refuse(http.StatusTooManyRequests, "同时打开的页面太多：请关掉不用的")
	}
	return end, err
}
