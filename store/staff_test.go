package store_test

import (
	"testing"

	"towncrier/staff/stafftest"
	"towncrier/store/storetest"
)

func TestStaff(t *testing.T) {
	stafftest.Run(t, func(t *testing.T, test func(*testing.T, func() stafftest.House)) {
		for name, fresh := range databases {
			t.Run(name, func(t *testing.T) {
				setting, sealer := fresh(t), storetest.Sealer(t)
				storetest.Open(t, setting, sealer)
				_, err := byHand(t, name, setting).ExecContext(t.Context(),
					`INSERT INTO committee (code, name, street, area) VALUES ('C-1', '一', '', ''), ('C-2', '二', '', '')`)
				if err != nil {
					t.Fatal(err)
				}
				test(t, func() stafftest.House {
					db := storetest.Open(t, setting, sealer)
					return stafftest.House{Store: db.Staff(), Audit: db.Audit()}
				})
			})
		}
	})
}
