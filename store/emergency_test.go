package store_test

import (
	"testing"

	"towncrier/emergency"
	"towncrier/emergency/emergencytest"
	"towncrier/store"
	"towncrier/store/storetest"
)

func TestEmergencies(t *testing.T) {
	emergencytest.Run(t, func(t *testing.T, test func(*testing.T, func() emergency.Store)) {
		storetest.Each(t, func(t *testing.T, open func() *store.DB) {
			test(t, func() emergency.Store { return open().Emergencies() })
		})
	})
}
