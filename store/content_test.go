package store_test

import (
	"testing"

	"towncrier/revision"
	"towncrier/revision/revisiontest"
	"towncrier/store"
	"towncrier/store/storetest"
)

func TestContent(t *testing.T) {
	revisiontest.Run(t, func(t *testing.T, test func(*testing.T, func() revision.Store)) {
		storetest.Each(t, func(t *testing.T, open func() *store.DB) {
			test(t, func() revision.Store { return open().Content() })
		})
	})
}
