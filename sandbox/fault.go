package sandbox

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Kinds of Fault. Any other kind is a code of the platform: of WeChat in digits ("45009", "-1"), of SMS as it is written
// ("Throttling.User", "isv.AMOUNT_NOT_ENOUGH"), of SMS receipts the outcome ("MOBILE_NOT_ON_SERVICE"), of the events about
// notices the status ("failed:user block").
const (
	FaultLatency = "latency"              // the answer takes Latency longer
	Fault5xx     = "5xx"                  // HTTP 502, nothing is done
	FaultDrop    = "drop"                 // the connection breaks; nothing is done. Of the webhook: its answer is lost
	FaultTimeout = "timeout-after-accept" // it is done, but the caller never hears: the connection breaks after Latency

	Fault5xxAfter = "5xx-after-accept" // HTTP 502, though it is done

	FaultSlowAnswer = "latency-after-accept" // it is done at once, but the answer takes Latency longer

	// Of SMS receipts and the events about notices, and the first two of replies.
	FaultLost      = "lost"      // it never comes
	FaultTwice     = "twice"     // it comes again after it was acknowledged
	FaultEarly     = "early"     // it comes before the call that sent the text is answered
	FaultReordered = "reordered" // it is late by a random share of Latency, so that others overtake it
)

// webhook is the API that faults of the pushes name: latency delays a push, drop loses the webhook's answer, so that
// the platform pushes again what was answered already. SMS has two of them: aliyun/report and aliyun/reply.
const webhook = "webhook"

// Fault makes an API fail.
type Fault struct {
	// API is a path below /cgi-bin/ or its end ("custom/send"), "webhook", "aliyun/" and an operation of SMS, "aliyun/report",
	// "aliyun/reply", "template/result", "subscribe/result", or "" for every API of WeChat.
	API  string `json:"api"`
	Kind string `json:"kind"`
	// Number is whose SMS it is about, in 11 digits; "" for everybody's.
	Number string `json:"number,omitempty"`
	// Rate is the share of calls that fail, 0 to 1; 0 means all.
	Rate float64 `json:"rate,omitempty"`
	// Count is how many calls fail before the fault is over; 0 means until it is cleared.
	Count int `json:"count,omitempty"`
	// Latency in Go's notation ("2s"). Of latency, latency-after-accept and reordered 1s when empty; of timeout-after-accept 0.
	Latency string `json:"latency,omitempty"`
}

// delay of a Fault that check passed.
func (f Fault) delay() time.Duration {
	if f.Latency == "" && (f.Kind == FaultLatency || f.Kind == FaultSlowAnswer || f.Kind == FaultReordered) {
		return time.Second
	}
	d, _ := time.ParseDuration(f.Latency)
	return d
}

// pushKinds are the faults of each push. Receipts have outcomes, too.
func pushKinds(api string) []string {
	switch api {
	case webhook:
		return []string{FaultLatency, FaultDrop}
	case smsReport:
		return []string{FaultLatency, FaultDrop, FaultLost, FaultTwice, FaultEarly, FaultReordered}
	case smsReply:
		return []string{FaultLatency, FaultDrop, FaultLost, FaultTwice}
	case templateResult, subscribeResult:
		return []string{FaultLatency, FaultLost, FaultTwice, FaultEarly, FaultReordered}
	}
	return nil
}

var (
	smsCodeForm = regexp.MustCompile(`^[A-Za-z][A-Za-z_]*(\.[A-Za-z_]+)*$`)
	receiptForm = regexp.MustCompile(`^[A-Z][A-Z0-9_:]+$`)
)

// check refuses a fault that no API of these has.
func (f Fault) check(apis []string) error {
	i := slices.IndexFunc(apis, f.hits)
	if i < 0 && f.API != "" {
		return fmt.Errorf("api %q is none of %s", f.API, strings.Join(apis, ", "))
	}
	api := f.API
	if api != "" {
		api = apis[i]
	}
	if err := f.checkKind(api); err != nil {
		return err
	}
	switch {
	case !(f.Rate >= 0 && f.Rate <= 1):
		return fmt.Errorf("rate %v is not between 0 and 1", f.Rate)
	case f.Count < 0:
		return fmt.Errorf("count %d is negative", f.Count)
	case f.Number != "" && !strings.HasPrefix(api, smsAPI):
		return fmt.Errorf("number: only SMS is sent to numbers, not %q", f.API)
	case f.Number != "" && number(f.Number) != f.Number:
		return errors.New("number is not 11 digits that begin with 13 to 19")
	}
	if f.Latency == "" {
		return nil
	}
	if d, err := time.ParseDuration(f.Latency); err != nil || d < 0 || d > time.Hour {
		return fmt.Errorf("latency %q is not a time like 300ms or 2s, up to 1h", f.Latency)
	}
	return nil
}

func (f Fault) checkKind(api string) error {
	if kinds := pushKinds(api); kinds != nil {
		switch {
		case slices.Contains(kinds, f.Kind):
			return nil
		case api == smsReport && receiptForm.MatchString(f.Kind):
			return nil
		case api == smsReport:
			return fmt.Errorf("kind %q: %s has %s, or an outcome like MOBILE_NOT_ON_SERVICE", f.Kind, api, strings.Join(kinds, ", "))
		case isResult(api) && resultForm.MatchString(f.Kind):
			return nil
		case isResult(api):
			return fmt.Errorf("kind %q: %s has %s, or a status like %q", f.Kind, api, strings.Join(kinds, ", "), resultFailed)
		case api == webhook:
			return fmt.Errorf("kind %q: the webhook has %s", f.Kind, strings.Join(kinds, " and "))
		}
		return fmt.Errorf("kind %q: %s has %s", f.Kind, api, strings.Join(kinds, ", "))
	}
	kinds := []string{FaultLatency, FaultSlowAnswer, Fault5xx, FaultDrop, FaultTimeout, Fault5xxAfter}
	if slices.Contains(kinds, f.Kind) {
		return nil
	}
	if strings.HasPrefix(api, smsAPI) {
		if !smsCodeForm.MatchString(f.Kind) || slices.Contains(pushKinds(smsReport), f.Kind) {
			return fmt.Errorf("kind %q is none of %s, nor an error code like Throttling.User or isv.AMOUNT_NOT_ENOUGH", f.Kind, strings.Join(kinds, ", "))
		}
		return nil
	}
	if code, err := strconv.Atoi(f.Kind); err != nil || code == 0 {
		return fmt.Errorf("kind %q is none of %s, nor an error code like -1 or 45009", f.Kind, strings.Join(kinds, ", "))
	}
	return nil
}

func isResult(api string) bool { return api == templateResult || api == subscribeResult }

// hits says whether the fault is of this API.
func (f Fault) hits(api string) bool {
	if f.API == "" {
		return api != webhook && !isResult(api) && !strings.HasPrefix(api, smsAPI)
	}
	return api == f.API || strings.HasSuffix(api, "/"+f.API)
}

// faults are those in force, in the order in which they came.
type faults struct {
	mu   sync.Mutex
	rand *rand.Rand
	list []Fault
}

func newFaults(seed uint64) *faults {
	return &faults{rand: rand.New(rand.NewPCG(seed, 0))}
}

// strike says how a call fails that is about these numbers, which may be nil; the first fault that strikes does. Counted faults
// that are used up are gone.
func (f *faults) strike(api string, numbers func() []string) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.list {
		fault := f.list[i]
		if !fault.hits(api) || !fault.about(numbers) || fault.Rate > 0 && fault.Rate < 1 && f.rand.Float64() >= fault.Rate {
			continue
		}
		if fault.Count == 1 {
			f.list = slices.Delete(f.list, i, i+1)
		} else if fault.Count > 1 {
			f.list[i].Count--
		}
		return fault, true
	}
	return Fault{}, false
}

// about says whether the fault is of one of these numbers.
func (f Fault) about(numbers func() []string) bool {
	return f.Number == "" || numbers != nil && slices.ContainsFunc(numbers(), func(n string) bool { return number(n) == f.Number })
}

// lateness is how much later a receipt comes.
func (f *faults) lateness(fault Fault) time.Duration {
	if fault.Kind != FaultReordered {
		return fault.delay()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return time.Duration(f.rand.Float64() * float64(fault.delay()))
}

// strike is what happens to one call of an API, or to the receipt or reply of one number.
func (s *Sandbox) strike(api string, numbers func() []string) (Fault, bool) {
	f, struck := s.faults.strike(api, numbers)
	if struck && f.Count > 0 {
		s.record.change()
	}
	return f, struck
}

// apis lists what a fault may name.
func (s *Sandbox) apis() []string {
	names := append([]string{webhook}, apiNames()...)
	if s.sms != nil {
		names = append(names, smsNames()...)
	}
	return names
}

// Fault puts a fault in force, beside those that are.
func (s *Sandbox) Fault(f Fault) error {
	if err := f.check(s.apis()); err != nil {
		return fmt.Errorf("fault: %w", err)
	}
	s.faults.mu.Lock()
	s.faults.list = append(s.faults.list, f)
	s.faults.mu.Unlock()
	s.record.change()
	return nil
}

// Faults lists those in force, with what is left of their counts.
func (s *Sandbox) Faults() []Fault {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	return append([]Fault{}, s.faults.list...)
}

// ClearFaults ends every fault.
func (s *Sandbox) ClearFaults() {
	s.faults.mu.Lock()
	s.faults.list = nil
	s.faults.mu.Unlock()
	s.record.change()
}
