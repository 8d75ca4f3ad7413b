package roster

import (
	"slices"
	"time"
)

// What follows does to a resident what was done before and was lost: the database was put back from a backup, and a log tells of it. It may
// be told of what the backup knows, too.

// RefuseAgain records a no that was said then. Nothing changes when something was said later about the same.
func (r *Resident) RefuseAgain(topic string, channel Channel, at time.Time) (changed bool) {
	if p, ok := r.preference(topic, channel); ok && (p.At.After(at) || !p.Wants) {
		return false
	}
	return r.prefer(Preference{Topic: topic, Channel: channel, At: at.UTC().Truncate(time.Millisecond)})
}

// TakeBackAgain ends a no that was taken back then. What they agreed to at that time is not known: it is not recorded.
func (r *Resident) TakeBackAgain(topic string, channel Channel, at time.Time) (changed bool) {
	before := len(r.Preferences)
	r.Preferences = slices.DeleteFunc(slices.Clone(r.Preferences), func(p Preference) bool {
		return p.Topic == topic && p.Channel == channel && !p.Wants && !p.At.After(at)
	})
	return len(r.Preferences) != before
}

// UnfollowAgain is the edit by which somebody who unfollowed then does so. It has no acts, and is nothing when they do not follow, or came
// or were changed later.
func (r Resident) UnfollowAgain(at time.Time) Edit {
	at = at.UTC().Truncate(time.Millisecond)
	if r.OpenID == "" || r.UpdatedAt.After(at) || !r.CreatedAt.Before(at) {
		return Edit{}
	}
	return r.unfollow(at)
}
