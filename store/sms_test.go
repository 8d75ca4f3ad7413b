package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/sms"
	"towncrier/sms/smstest"
	"towncrier/store"
	"towncrier/store/storetest"
)

func TestSMS(t *testing.T) {
	smstest.Run(t, func(t *testing.T, test func(*testing.T, func() sms.Store)) {
		storetest.Each(t, func(t *testing.T, open func() *store.DB) {
			test(t, func() sms.Store { return open().SMS() })
		})
	})
}

// TestSent sends to numbers before and after their owners are known, and asks what each was sent, until they are erased.
func TestSent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		db := open()
		texts := db.SMS()
		residents := roster.New(roster.Config{Store: db.Roster(), Tickets: inbox.New(db.Inbox(), time.Now), Now: time.Now})
		const mine, theirs phone.Number = "19900001234", "19900005678"
		send := func(id string, to phone.Number, at time.Time, state sms.State) {
			t.Helper()
			if _, won, err := texts.Begin(t.Context(), sms.Code, sms.Text{To: to, Template: "SMS_1", OutID: id}, at, at.Add(time.Minute)); err != nil || !won {
				t.Fatal(won, err)
			}
			if _, err := texts.End(t.Context(), id, sms.Outcome{State: state}, at); err != nil {
				t.Fatal(err)
			}
		}
		send("1", mine, noon, sms.Accepted)
		send("2", theirs, noon, sms.Accepted)
		me, err := residents.Bind(t.Context(), resident, mine)
		if err != nil {
			t.Fatal(err)
		}
		send("3", mine, noon.Add(time.Minute), sms.Failed)

		sent, err := open().SMS().Sent(t.Context(), me.ID, 10)
		if err != nil || len(sent) != 2 {
			t.Fatalf("%d texts, %v; want two", len(sent), err)
		}
		if sent[0].State != "未发出" || sent[1].State != "已发出，等待回执" || !sent[1].At.Equal(noon) || sent[0].Channel != roster.SMS {
			t.Errorf("%+v", sent)
		}
		if one, err := texts.Sent(t.Context(), me.ID, 1); err != nil || len(one) != 1 || one[0] != sent[0] {
			t.Errorf("the newest: %+v, %v", one, err)
		}
		if _, err := texts.Sent(t.Context(), "no id", 10); !errors.Is(err, roster.ErrNoResident) {
			t.Errorf("%v, want ErrNoResident", err)
		}
		// Old texts forget their numbers: they stay the resident's who has it, and nobody's who had none.
		if pruned, err := texts.Prune(t.Context(), noon.Add(time.Minute), noon, 10); err != nil || pruned != (sms.Pruned{Numbers: 3}) {
			t.Fatalf("pruned %+v, %v", pruned, err)
		}
		if kept, err := texts.Sent(t.Context(), me.ID, 10); err != nil || !slices.Equal(kept, sent) {
			t.Errorf("after the retention: %+v, %v; want %+v", kept, err, sent)
		}
		if they, err := residents.Bind(t.Context(), resident+"-2", theirs); err != nil {
			t.Fatal(err)
		} else if sent, err := texts.Sent(t.Context(), they.ID, 10); err != nil || len(sent) != 0 {
			t.Errorf("%+v, %v: sent before anybody was known by the number, and forgotten", sent, err)
		}
		reply := sms.Element{Reply: &sms.Reply{Phone: mine, Content: "谢谢"}}
		if _, err := texts.Keep(t.Context(), []sms.Element{reply}, noon); err != nil {
			t.Fatal(err)
		}
		if err := residents.EraseSelf(t.Context(), resident); err != nil {
			t.Fatal(err)
		}
		if claimed, err := texts.Claim(t.Context(), 10, noon, noon); err != nil || len(claimed) != 0 {
			t.Errorf("%d replies of somebody who was erased are left, %v", len(claimed), err)
		}
		again, err := residents.Bind(t.Context(), resident, mine)
		if err != nil {
			t.Fatal(err)
		}
		if sent, err := texts.Sent(t.Context(), again.ID, 10); err != nil || len(sent) != 0 {
			t.Errorf("%d texts of the time before the erasure, %v", len(sent), err)
		}
	})
}

func TestInboundIsUnreadableInTheFile(t *testing.T) {
	path := storetest.SQLite(t)
	texts := storetest.Open(t, path, storetest.Sealer(t)).SMS()
	var all []sms.Element
	for i := range 50 {
		raw := fmt.Sprintf(`{"phone_number":"19900001234","content":"路灯坏了%d","out_id":"o%d"}`, i, i)
		all = append(all,
			sms.Element{Receipt: &sms.Receipt{OutID: fmt.Sprint("o", i), Phone: "19900001234", Raw: raw}},
			sms.Element{Reply: &sms.Reply{Phone: "19900001234", Content: "路灯坏了", Raw: raw}})
	}
	if n, err := texts.Keep(t.Context(), all, noon); err != nil || n != len(all) {
		t.Fatalf("kept %d, %v", n, err)
	}
	if _, _, err := texts.Begin(t.Context(), sms.Code, sms.Text{To: "19900001234", Template: "SMS_1", Params: map[string]string{"code": "857201"}, OutID: "seen-in-the-file"}, noon, noon); err != nil {
		t.Fatal(err)
	}
	raw := files(t, path)
	if !bytes.Contains(raw, []byte("seen-in-the-file")) {
		t.Fatal("the test does not see the rows")
	}
	for _, secret := range []string{"19900001234", "路灯坏了", "857201"} {
		if bytes.Contains(raw, []byte(secret)) {
			t.Errorf("the file holds %q in the clear", secret)
		}
	}
}
