package api

import (
	"net/http"
	"sync"
	"time"
)

const (
	// streamsEach are enough for a download beside an upload.
	streamsEach = 2
	// streamsAll bounds what files that come or go hold of memory and connections: some MiB each.
	streamsAll = 16
	// recheck is how long a file goes on after the key that asked for it was ended.
	recheck = 10 * time.Second
)

// streams counts the files that come or go, by member of staff. Its zero value is ready.
type streams struct {
	mu  sync.Mutex
	of  map[string]int // by staff id
	all int
}

// begin takes a place, which done gives back; without one it is a problem.
func (s *streams) begin(id string) (done func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	detail := ""
	switch {
	case s.of[id] >= streamsEach:
		detail = "您已有两个文件正在上传或下载，请等其中一个完成后再试"
	case s.all >= streamsAll:
		detail = "正在上传或下载文件的同事较多，请稍后再试"
	}
	if detail != "" {
		return nil, refuse(http.StatusTooManyRequests, "streams", detail).retryAfter(5 * time.Second)
	}
	if s.of == nil {
		s.of = make(map[string]int)
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
