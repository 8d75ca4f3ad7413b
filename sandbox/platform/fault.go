package platform

import (
	"errors"
	"fmt"
	"slices"
	"strings"
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

// CallFaults are the faults of any call, beside error codes.
var CallFaults = []string{FaultLatency, FaultSlowAnswer, Fault5xx, FaultDrop, FaultTimeout, Fault5xxAfter}

// API is what a fault may name: calls, or pushes, of one sort.
type API struct {
	Name    string
	Kinds   []string               // of its faults, beside codes
	IsCode  func(kind string) bool // whether a kind is a code of its own; nil for none
	Codes   string                 // such codes: ", nor an error code like -1"
	Any     bool                   // whether a fault that names no API occurs here, too
	Numbers bool                   // whether a fault may be of one number only
}

// Fault makes an API fail.
type Fault struct {
	// API is a path below /cgi-bin/ or its end ("custom/send"), "webhook", "aliyun/" and an operation of SMS, "aliyun/report",
	// "aliyun/reply", "template/result", "subscribe/result", or "" for every API of WeChat.
	API  string `json:"api"`
	Kind string `json:"kind"`
	// Number limits a fault of SMS to the texts and replies of one number, in 11 digits; "" means every number.
	Number string `json:"number,omitempty"`
	// Rate is the share of calls that fail, 0 to 1; 0 means all.
	Rate float64 `json:"rate,omitempty"`
	// Count is how many calls fail before the fault is over; 0 means until it is cleared.
	Count int `json:"count,omitempty"`
	// Latency in Go's notation ("2s"). Of latency, latency-after-accept and reordered 1s when empty; of timeout-after-accept 0.
	Latency string `json:"latency,omitempty"`
}

// check refuses a fault that no API of these has.
func (f Fault) check(apis []API) error {
	i := slices.IndexFunc(apis, f.names)
	if i < 0 {
		return fmt.Errorf("api %q is none of %s", f.API, strings.Join(namesOf(apis), ", "))
	}
	if err := f.checkKind(apis[i]); err != nil {
		return err
	}
	switch {
	case !(f.Rate >= 0 && f.Rate <= 1):
		return fmt.Errorf("rate %v is not between 0 and 1", f.Rate)
	case f.Count < 0:
		return fmt.Errorf("count %d is negative", f.Count)
	case f.Number != "" && !apis[i].Numbers:
		return fmt.Errorf("number: only SMS is sent to numbers, not %q", f.API)
	case f.Number != "" && Number(f.Number) != f.Number:
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

func namesOf(apis []API) (names []string) {
	for _, api := range apis {
		names = append(names, api.Name)
	}
	return names
}

func (f Fault) checkKind(api API) error {
	if slices.Contains(api.Kinds, f.Kind) || api.IsCode != nil && api.IsCode(f.Kind) {
		return nil
	}
	return fmt.Errorf("kind %q is none of %s%s", f.Kind, strings.Join(api.Kinds, ", "), api.Codes)
}

// names says whether the fault is of this API.
func (f Fault) names(api API) bool {
	if f.API == "" {
		return api.Any
	}
	return api.Name == f.API || strings.HasSuffix(api.Name, "/"+f.API)
}

// about says whether the fault is of one of these numbers, which may be nil.
func (f Fault) about(numbers func() []string) bool {
	return f.Number == "" || numbers != nil && slices.ContainsFunc(numbers(), func(n string) bool { return Number(n) == f.Number })
}

// Delay is the Latency of a fault in force.
func (f Fault) Delay() time.Duration {
	if f.Latency == "" && (f.Kind == FaultLatency || f.Kind == FaultSlowAnswer || f.Kind == FaultReordered) {
		return time.Second
	}
	d, _ := time.ParseDuration(f.Latency) // check read it
	return d
}
