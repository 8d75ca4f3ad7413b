package wire

import "time"

// Arrivals is the progress of a broadcast over time.
type Arrivals struct {
	Status      string    `json:"status" enum:"draft,submitted,approved,scheduled,held,freezing,sending,paused,done,cancelled,expired"`
	StatusLabel string    `json:"status_label" doc:"In Chinese"`
	BegunAt     time.Time `json:"begun_at,omitzero"`
	Few         bool      `json:"few" doc:"true for fewer than ten people: then nothing is counted"`
	Span        string    `json:"span" enum:"minute,hour,day" doc:"What one item counts; days are the city's"`
	SpanLabel   string    `json:"span_label" doc:"In Chinese"`
	FinalUntil  time.Time `json:"final_until" doc:"Items whose span has ended by then do not change any more"`
	Items       []Arrival `json:"items" nullable:"false" doc:"By time, then channel; none of a span in which nothing happened"`
}

// Arrival counts what happened to deliveries of a channel in one span: one that was accepted and then delivered is counted in both.
type Arrival struct {
	At           time.Time `json:"at" doc:"When the span begins"`
	Channel      string    `json:"channel"`
	ChannelLabel string    `json:"channel_label" doc:"In Chinese"`
	Accepted     int       `json:"accepted" doc:"Deliveries that the provider took"`
	Delivered    int       `json:"delivered" doc:"Deliveries of which a receipt said that they arrived"`
	Failed       int       `json:"failed" doc:"Deliveries that the provider did not take, or of which a receipt said that they did not arrive"`
}
