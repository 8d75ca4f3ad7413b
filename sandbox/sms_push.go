package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	// ackWithin is how fast the platform wants a push acknowledged. A slower one counts, and is judged too slow.
	ackWithin = 700 * time.Millisecond
	// maxAck is far above {"code":0,"msg":"接收成功"}.
	maxAck = 64 << 10
)

// pushAll pushes until somebody acknowledges, with the platform's pauses between attempts, and tells of each attempt. The
// first acknowledgement is not heard when deaf. The result says whether one was.
func (m *smsSide) pushAll(s *Sandbox, target string, body []byte, deaf bool, tell func(Push)) bool {
	for attempt := 0; ; attempt++ {
		p := s.pushSMS(target, body, deaf && attempt == 0)
		tell(p)
		switch {
		case p.Acknowledged:
			return true
		case s.ctx.Err() != nil:
			return false
		case attempt == len(m.ReportRetries):
			s.cfg.Log.Warn("sandbox SMS push given up", "attempts", attempt+1, "problem", p.Problem)
			return false
		}
		s.cfg.Log.Info("sandbox SMS push is tried again", "attempt", attempt+1, "problem", p.Problem)
		if !s.wait(s.ctx, m.ReportRetries[attempt]) {
			return false
		}
	}
}

// pushSMS is one attempt. Its problem never holds the URL, whose last part is a secret.
func (s *Sandbox) pushSMS(target string, body []byte, deaf bool) Push {
	p := Push{At: s.cfg.Now()}
	start := time.Now()
	err := s.postSMS(target, body)
	took := time.Since(start)
	p.TookMS = took.Milliseconds()
	switch {
	case err != nil:
		p.Problem = err.Error()
	case deaf:
		p.Problem = "the acknowledgement was lost on the way, as a fault demands"
	case took > ackWithin:
		p.Acknowledged, p.Problem = true, fmt.Sprintf("acknowledged after %d ms, the platform wants it within %d", p.TookMS, ackWithin.Milliseconds())
	default:
		p.Acknowledged = true
	}
	return p
}

func (s *Sandbox) postSMS(target string, body []byte) error {
	ctx, cancel := context.WithTimeout(s.ctx, s.cfg.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return errors.New("the address cannot be called")
	}
	req.Header.Set("Content-Type", "application/json;charset=utf-8")
	resp, err := s.client.Do(req)
	if err != nil {
		return silence(ctx, err)
	}
	defer resp.Body.Close()
	ack, err := io.ReadAll(io.LimitReader(resp.Body, maxAck+1))
	switch {
	case err != nil:
		return silence(ctx, err)
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("answered HTTP %d, want 200", resp.StatusCode)
	case len(ack) > maxAck:
		return fmt.Errorf("acknowledgement is over %d bytes", maxAck)
	}
	return judgeAck(ack)
}

// judgeAck wants {"code":0,"msg":"接收成功"}: only that code is a number matters, not which.
func judgeAck(body []byte) error {
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
