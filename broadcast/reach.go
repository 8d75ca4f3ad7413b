package broadcast

// Reach is how far a broadcast has come with the residents of one committee. A recipient is counted once, by the best that any
// of their deliveries came to.
type Reach struct {
	Committee  string // code, as it is today; "" for residents of none, and for those who were erased since
	Recipients int
	Delivered  int // a receipt says so
	Accepted   int // may have arrived: accepted, in doubt, or unknown
	Open       int // still to be sent
	Missed     int // nothing went out, or for certain nothing arrived
}
