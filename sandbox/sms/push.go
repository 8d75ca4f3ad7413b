package sms

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"towncrier/sandbox/platform"
)

const (
	// ackWithin is how fast the platform wants a push acknowledged. A slower one counts, and is marked as too slow.
	ackWithin = 700 * time.Millisecond
	// maxAck is far above {"code":0,"msg":"接收成功"}.
	maxAck = 64 << 10
	// again is when what comes twice comes the second time.
	again = 200 * time.Millisecond
)

// pusher gives receipts and replies to the system under test.
type pusher struct {
	base    *platform.Base
	retries []time.Duration // pauses before a push that nobody acknowledged is repeated
}

// pushAll pushes until somebody acknowledges, with the platform's pauses between attempts, and tells of each attempt. The
// first acknowledgement is lost when loseAck. The result says whether one was heard.
func (p *pusher) pushAll(target string, body []byte, loseAck bool, tell func(platform.Push)) bool {
	for attempt := 0; ; attempt++ {
		made := p.push(target, body, loseAck && attempt == 0)
		tell(made)
		switch {
		case made.Acknowledged:
			return true
		case p.base.Err() != nil:
			return false
		case attempt == len(p.retries):
			p.base.Log.Warn("sandbox SMS push given up", "attempts", attempt+1, "problem", made.Problem)
			return false
		}
		p.base.Log.Info("sandbox SMS push is tried again", "attempt", attempt+1, "problem", made.Problem)
		if !p.base.Wait(p.retries[attempt]) {
			return false
		}
	}
}

// push is one attempt.
func (p *pusher) push(target string, body []byte, loseAck bool) platform.Push {
	made := platform.Push{At: p.base.Now()}
	start := time.Now()
	ack, _, err := p.base.Post(target, http.Header{"Content-Type": {"application/json;charset=utf-8"}}, body, maxAck)
	if err == nil {
		err = checkAck(ack)
	}
	took := time.Since(start)
	made.TookMS = took.Milliseconds()
	switch {
	case err != nil:
		made.Problem = err.Error()
	case loseAck:
		made.Problem = "the acknowledgement was lost on the way, as a fault demands"
	case took > ackWithin:
		made.Acknowledged, made.Problem = true, fmt.Sprintf("acknowledged after %d ms, the platform wants it within %d", made.TookMS, ackWithin.Milliseconds())
	default:
		made.Acknowledged = true
	}
	return made
}

// checkAck wants {"code":0,"msg":"接收成功"}: only that code is a number matters, not which.
func checkAck(body []byte) error {
	var ack struct {
		Code json.RawMessage `json:"code"`
	}
	if err := json.Unmarshal(body, &ack); err != nil {
		return fmt.Errorf("acknowledgement is not JSON like {\"code\":0,\"msg\":\"接收成功\"}: %w", err)
	}
	var n float64
	if json.Unmarshal(ack.Code, &n) != nil || string(ack.Code) == "null" {
		return errors.New("acknowledgement's code is not a number")
	}
	return nil
}
