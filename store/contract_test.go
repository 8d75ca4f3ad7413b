package store_test

import (
	"testing"

	"towncrier/inbox"
	"towncrier/inbox/inboxtest"
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
