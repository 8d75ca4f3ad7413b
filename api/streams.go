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

// Places are what members of staff hold at once of something of which there is not enough for everything. The zero value is ready. Safe for
// concurrent use.
type Places struct {
	mu   sync.Mutex
	held map[string]int // by staff id
	all  int
}

// Take takes a place for a member of staff, of each for one of them and most for all, which free gives back. free is nil when there is none:
// because all of theirs are taken, or all there are.
func (p *Places) Take(id string, each, most int) (free func(), theirs bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if theirs = p.held[id] >= each; theirs || p.all >= most {
		return nil, theirs
	}
	if p.held == nil {
		p.held = make(map[string]int)
	}
	p.held[id]++
	p.all++
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.all--
		if p.held[id]--; p.held[id] == 0 {
			delete(p.held, id)
		}
	}, false
}

// stream takes a place for a file that comes or goes, which done gives back; without one it is a problem.
func (g *gate) stream(id string) (done func(), err error) {
	done, theirs := g.streams.Take(id, streamsEach, streamsAll)
	switch {
	case done != nil:
		return done, nil
	case theirs:
		return nil, refuse(http.StatusTooManyRequests, "streams", "您已有两个文件正在上传或下载，请等其中一个完成后再试").retryAfter(5 * time.Second)
	}
	return nil, refuse(http.StatusTooManyRequests, "streams", "正在上传或下载文件的同事较多，请稍后再试").retryAfter(5 * time.Second)
}
