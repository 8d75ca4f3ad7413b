package broadcasttest

import (
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
)

// testSends has receipts tell what became of test sends, by each thing that can name one; and tests go with their draft.
func testSends(t *testing.T, open Open) {
	p := open()
	p.create(t, draft("B1"))
	begin := func(outID string, channel broadcast.Channel, address string) {
		t.Helper()
		hash, err := p.TakeTest(t.Context(), "wang", "li", address, noon, broadcast.MaxTests)
		must(t, err)
		must(t, p.KeepTest(t.Context(), broadcast.Test{Broadcast: "B1", Asker: "wang", Recipient: "li", Channel: channel, SentTo: "199****0001",
			Address: hash, OutID: outID, State: broadcast.InFlight, At: noon}))
	}
	states := func(want ...broadcast.State) []broadcast.Test {
		t.Helper()
		all, err := p.Tests(t.Context(), "B1", 9)
		if err != nil || len(all) != len(want) {
			t.Fatalf("%+v, %v", all, err)
		}
		for i, state := range want {
			if all[i].State != state {
				t.Errorf("the test %d from the last is %s, want %s", i, all[i].State, state)
			}
		}
		return all
	}
	later := noon.Add(time.Minute)
	begin("T1", broadcast.SMS, string(number(1)))
	must(t, p.SettleTest(t.Context(), "T1", broadcast.Outcome{State: broadcast.Accepted, Handle: "biz-1"}, noon))
	begin("T2", broadcast.Template, openid(2))
	must(t, p.SettleTest(t.Context(), "T2", broadcast.Outcome{State: broadcast.Accepted, Handle: "77"}, noon))
	begin("T3", broadcast.Subscription, openid(3)) // its report comes before the call's answer, and names an id that the call does not tell
	if got := p.receipts(t, later,
		broadcast.Receipt{Channel: broadcast.SMS, State: broadcast.Undelivered, OutID: "T1", Handle: "biz-1", Phone: number(1), Class: "number", Code: "MK:0001"},
		broadcast.Receipt{Channel: broadcast.Template, State: broadcast.Delivered, Handle: "77", OpenID: openid(2)},
		broadcast.Receipt{Channel: broadcast.Subscription, State: broadcast.Delivered, Handle: "78", OpenID: openid(3)},
		broadcast.Receipt{Channel: broadcast.Subscription, State: broadcast.Delivered, Handle: "79", OpenID: openid(4)},
		broadcast.Receipt{Channel: broadcast.SMS, State: broadcast.Delivered, OutID: "T9", Handle: "biz-9", Phone: number(1)},
	); !got[0] || !got[1] || !got[2] || got[3] || got[4] {
		t.Errorf("matched %v", got)
	}
	must(t, p.SettleTest(t.Context(), "T3", broadcast.Outcome{State: broadcast.Accepted}, later))
	all := states(broadcast.Delivered, broadcast.Delivered, broadcast.Undelivered)
	if first := all[2]; first.Code != "MK:0001" || first.Class != "number" || first.SentTo != "199****0001" || !first.At.Equal(noon) || !first.UpdatedAt.Equal(later) {
		t.Errorf("%+v", first)
	}
	must(t, p.Delete(t.Context(), "B1", func(broadcast.Broadcast) (audit.Act, error) { return act("broadcast.delete", "B1"), nil }))
	states()
}
