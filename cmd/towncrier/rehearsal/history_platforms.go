package rehearsal

import (
	"context"
	"strconv"
	"sync"
	"time"

	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/unanswered"
)

// pastPlatforms play the platforms and the queue of a history. What they take is reported as the sandbox would report it.
type pastPlatforms struct {
	mu       sync.Mutex
	lost     map[phone.Number]string // what receipts of their texts say
	blocks   map[string]bool         // openids that turned WeChat's notices off
	taken    int
	receipts []broadcast.Receipt // to be told
	chunks   []broadcast.Chunk
}

func newPastPlatforms(people []syntheticResident) *pastPlatforms {
	p := &pastPlatforms{lost: map[phone.Number]string{}, blocks: map[string]bool{}}
	for _, who := range people {
		if who.Unreachable != "" {
			p.lost[phone.Number(who.Phone)] = who.Unreachable
		}
		p.blocks[who.OpenID] = who.Blocks
	}
	return p
}

func (p *pastPlatforms) providers() map[broadcast.Channel]broadcast.Provider {
	all := map[broadcast.Channel]broadcast.Provider{}
	for _, c := range []broadcast.Channel{broadcast.Subscription, broadcast.Template, broadcast.SMS} {
		all[c] = pastProvider{p, c}
	}
	return all
}

// Chunk implements broadcast.Queue.
func (p *pastPlatforms) Chunk(_ context.Context, c broadcast.Chunk, _ bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.chunks = append(p.chunks, c)
	return nil
}

// Waiting implements broadcast.Queue.
func (p *pastPlatforms) Waiting(context.Context, bool) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.chunks), nil
}

// queued takes the queue's chunks out.
func (p *pastPlatforms) queued() []broadcast.Chunk {
	p.mu.Lock()
	defer p.mu.Unlock()
	chunks := p.chunks
	p.chunks = nil
	return chunks
}

// reports takes the receipts out; a platform that is silent tells of most of them only.
func (p *pastPlatforms) reports(silent bool) []broadcast.Receipt {
	p.mu.Lock()
	defer p.mu.Unlock()
	var told []broadcast.Receipt
	for i, r := range p.receipts {
		if !silent || i%8 != 7 {
			told = append(told, r)
		}
	}
	p.receipts = nil
	return told
}

// pastProvider is a channel of them: a broadcast.Provider.
type pastProvider struct {
	*pastPlatforms
	channel broadcast.Channel
}

func (pastProvider) Batch() int { return broadcast.ClaimRows }

func (p pastProvider) Send(_ context.Context, _ broadcast.Message, _ string, messages []broadcast.OutboundMessage) []broadcast.Outcome {
	p.mu.Lock()
	defer p.mu.Unlock()
	outcomes := make([]broadcast.Outcome, len(messages))
	for i, m := range messages {
		p.taken++
		r := broadcast.Receipt{Channel: p.channel, State: broadcast.Delivered, Handle: strconv.Itoa(p.taken), OutID: m.OutID, Phone: m.Phone, OpenID: m.OpenID}
		code := p.lost[m.Phone]
		if p.channel == broadcast.SMS {
			r.Parts = 1
		} else if p.blocks[m.OpenID] {
			code = "user block"
		}
		if code != "" {
			r.State, r.Code, r.Parts = broadcast.Undelivered, code, 0
		}
		outcomes[i] = broadcast.Outcome{State: broadcast.Accepted, Handle: r.Handle}
		p.receipts = append(p.receipts, r)
	}
	return outcomes
}

func (pastProvider) Ask(_ context.Context, _ broadcast.Message, _ string, messages []broadcast.OutboundMessage) []broadcast.Outcome {
	outcomes := make([]broadcast.Outcome, len(messages))
	for i := range outcomes {
		outcomes[i].State = broadcast.InDoubt
	}
	return outcomes
}

func (pastProvider) AskWithin() time.Duration { return 0 }

func (pastProvider) Answers(context.Context) bool { return true }

// pastAskers tell the askers of a history apart: an unanswered.Askers.
type pastAskers map[int64]map[string]bool

func (a pastAskers) Mark(_ context.Context, first unanswered.Question, asker string) (before bool, people int, err error) {
	if a[first.Group] == nil {
		a[first.Group] = map[string]bool{}
	}
	before = a[first.Group][asker]
	a[first.Group][asker] = true
	return before, len(a[first.Group]), nil
}
