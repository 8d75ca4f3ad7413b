package api

import (
	"net/http"
	"sync"
	"time"
)

// maxCounting is how many counts of residents run at once in a process. Each reads every resident.
const maxCounting = 2

// Soon is for who does not wait for a count.
type Soon struct {
	Soon bool `query:"soon" doc:"Answers at once, with what was counted lately: counted_at says when, and is absent when nothing was; counting says that it is being counted anew"`
}

// counting lets a person count residents, all or an audience, once at a time. Its zero value is ready.
type counting struct {
	mu  sync.Mutex
	who map[string]bool // staff ids
}

// begin takes a place, which done gives back; without one it is a problem at once, since waiting would keep a connection.
func (c *counting) begin(id string) (done func(), err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	detail := ""
	switch {
	case c.who[id]:
		detail = "您的上一次人数统计还没有完成，请稍后再试"
	case len(c.who) >= maxCounting:
		detail = "正在统计人数的同事较多，请稍后再试"
	}
	if detail != "" {
		return nil, refuse(http.StatusTooManyRequests, "counting", detail).retryAfter(2 * time.Second)
	}
	if c.who == nil {
		c.who = make(map[string]bool)
	}
	c.who[id] = true
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.who, id)
	}, nil
}
