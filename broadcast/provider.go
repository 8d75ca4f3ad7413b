package broadcast

import (
	"context"
	"time"
)

// RepeatWithin is how long after its first use an OutID is good for repeating a template message without sending it twice. WeChat
// remembers a client_msg_id for 10 minutes (发送模板消息); a minute is left for the call itself.
const RepeatWithin = 9 * time.Minute

// Provider gives messages to one channel's provider. It never returns an error: whatever happens is said message by message, so
// that nothing is forgotten. Implementations are safe for concurrent use.
type Provider interface {
	// Batch is how many messages go in one call, at least 1.
	Batch() int
	// Send gives messages to the provider as message m of the template with the provider's code, each call in one of PlacesOf(ctx). It
	// returns an Outcome a message, in their order. It returns well inside the lease of a claim: what it could not begin until then, or
	// before ctx ended, or found no place for, is Pending without a class.
	Send(ctx context.Context, m Message, code string, messages []OutboundMessage) []Outcome
	// Ask finds out about messages that are in doubt, as far as the provider lets it, in their order. What stays unknown is
	// InDoubt; Pending says that the provider, which was asked, knows nothing of it. It never makes a resident get the
	// message twice.
	Ask(ctx context.Context, m Message, code string, messages []OutboundMessage) []Outcome
	// AskWithin is for how long after a call Ask may find out about its messages; 0 never. What is in doubt for longer is unknown.
	AskWithin() time.Duration
	// Answers asks the provider something that no resident notices, and says whether it gave an answer, of whatever content. It is
	// asked after an outage before a message is risked.
	Answers(ctx context.Context) bool
}
