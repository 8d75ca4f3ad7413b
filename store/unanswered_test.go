package store_test

import (
	"testing"

	"towncrier/store"
	"towncrier/store/storetest"
	"towncrier/unanswered"
	"towncrier/unanswered/unansweredtest"
)

func TestUnanswered(t *testing.T) {
	unansweredtest.Run(t, func(t *testing.T, test func(*testing.T, func() unanswered.Store)) {
		storetest.Each(t, func(t *testing.T, open func() *store.DB) {
			test(t, func() unanswered.Store { return open().Unanswered() })
		})
	})
}
