package soak

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"sync"

	"towncrier/broadcast"
	"towncrier/sandbox/platform"
)

// record is what the pretend platforms wrote of what reached whom. It is read on from where it was read to.
type record struct {
	file string

	mu      sync.Mutex
	offset  int64
	entries map[int64]platform.Entry
}

// to is where a message went.
type to struct {
	channel broadcast.Channel
	address string // number or openid
}

// addressed is where an entry went; ok is false for what is no message of the broadcast.
func addressed(e platform.Entry) (to, bool) {
	switch e.Kind {
	case platform.KindSMS:
		return to{broadcast.SMS, e.SMS.Phone}, e.SMS.Template == code(broadcast.SMS)
	case platform.KindTemplate:
		return to{broadcast.Template, e.Resident}, true
	case platform.KindSubscription:
		return to{broadcast.Subscription, e.Resident}, true
	}
	return to{}, false
}

// sent are the messages that the platforms accepted.
func (r *record) sent() (map[to][]platform.Entry, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f, err := os.Open(r.file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if _, err := f.Seek(r.offset, io.SeekStart); err != nil {
		return nil, err
	}
	if r.entries == nil {
		r.entries = map[int64]platform.Entry{}
	}
	for lines := bufio.NewReader(f); ; {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF { // what is being written is read the next time
			break
		}
		if err != nil {
			return nil, err
		}
		r.offset += int64(len(line))
		var e platform.Entry
		if err := json.Unmarshal(bytes.TrimSpace(line), &e); err != nil {
			return nil, err
		}
		r.entries[e.ID] = e
	}
	all := map[to][]platform.Entry{}
	for _, e := range r.entries {
		if at, ok := addressed(e); ok {
			all[at] = append(all[at], e)
		}
	}
	return all, nil
}

// told says whether somebody acknowledged what the platform reported of a message.
func told(e platform.Entry) bool {
	if e.SMS == nil {
		return e.Notice.Told > 0
	}
	for _, p := range e.SMS.Pushes {
		if p.Acknowledged {
			return true
		}
	}
	return false
}
