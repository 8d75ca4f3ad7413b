package page

import (
	"net/http"
	"sync"
)

// Open pages hold connections, of which a server has some thousands for everybody, residents first.
const (
	streamsEach = 256  // of one person: browsers hold a hundred at most
	streamsAll  = 1024 // of a process
)

// streams counts those that are open.
type streams struct {
	mu  sync.Mutex
	of  map[string]int // by staff id
	all int
}

// Stream takes a place for an answer that is as long as its page is open; end gives it back. A page that gets none asks again and again.
func (v *Visit) Stream() (end func(), err error) {
	s, id := &v.kit.streams, v.Person.ID
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of[id] >= streamsEach || s.all >= streamsAll {
		return nil, Refuse(http.StatusTooManyRequests, "同时打开的页面太多：请关掉不用的")
	}
	if s.of == nil {
		s.of = map[string]int{}
	}
	s.of[id]++
	s.all++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.all--
		if s.of[id]--; s.of[id] == 0 {
			delete(s.of, id)
		}
	}, nil
}
