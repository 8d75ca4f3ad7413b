package store_test

import (
	"testing"

	"towncrier/inbox"
	"towncrier/inbox/inboxtest"
	"towncrier/roster"
	"towncrier/roster/rostertest"
	"towncrier/store"
	"towncrier/store/storetest"
)

func TestInbox(t *testing.T) {
	inboxtest.Run(t, func(t *testing.T, test func(*testing.T, func() inbox.Store)) {
		storetest.Each(t, func(t *testing.T, open func() *store.DB) {
			test(t, func() inbox.Store { return open().Inbox() })
		})
	})
}

func TestChoices(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		rostertest.Choices(t, func() roster.Choices { return open().Choices() })
	})
}
