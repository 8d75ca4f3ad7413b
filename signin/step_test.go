package signin_test

import (
	"errors"
	"testing"
	"time"

	"towncrier/signin"
	"towncrier/store"
	"towncrier/store/storetest"
)

// TestTheSecondFactorAgain is good for five minutes, for what was on the screen alone, and gives the session a new token.
func TestTheSecondFactorAgain(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		token, session := c.enters("xu", office)
		xu := c.people["xu"]
		if c.SteppedUp(session, "hash-1") {
			t.Error("a sign-in is for every subject")
		}
		_, err := c.StepUp(ctx, token, "hash-1", xu.Code(c.now()))
		c.wants("the code of the sign-in", err, signin.ErrCode)
		c.pass(31 * time.Second)
		code := xu.Code(c.now())
		fresh, err := c.StepUp(ctx, token, "hash-1", code)
		if err != nil || fresh == token {
			t.Fatal(fresh, err)
		}
		_, session, err = c.setting().Resume(ctx, fresh)
		if err != nil || !c.SteppedUp(session, "hash-1") || c.SteppedUp(session, "hash-2") {
			t.Errorf("%+v, %v", session, err)
		}
		// The button was pressed twice: the same request comes with the token before.
		again, err := c.StepUp(ctx, token, "hash-1", code)
		if err != nil {
			t.Fatal("pressed twice:", err)
		}
		c.open(c.process, "after that", again)
		_, err = c.StepUp(ctx, token, "hash-2", code)
		c.wants("another request with the token before", err, signin.ErrOver)
		c.pass(time.Minute)
		c.over(c.process, "the token before, later", token)
		_, err = c.StepUp(ctx, token, "hash-1", code)
		c.wants("pressed again later", err, signin.ErrOver)
		c.pass(4 * time.Minute)
		if _, session, err = c.Resume(ctx, again); err != nil || c.SteppedUp(session, "hash-1") {
			t.Errorf("after five minutes: %+v, %v", session, err)
		}
		for range 5 {
			_, err = c.StepUp(ctx, again, "hash-1", "000000")
			c.wants("a wrong code", err, signin.ErrCode)
		}
		c.pass(31 * time.Second)
		_, err = c.StepUp(ctx, again, "hash-1", xu.Code(c.now()))
		if _, ok := errors.AsType[*signin.TooMany](err); !ok {
			t.Errorf("after five wrong codes: %v", err)
		}
		c.open(c.process, "the session itself", again)
	})
}

// TestRehearsal lets made-up colleagues in by one press, with a code that is filled in for them; and nowhere else.
func TestRehearsal(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		ctx := t.Context()
		c := newCity(t, open, true)
		token, session, err := c.Rehearse(ctx, "xu", "127.0.0.1", phone)
		if err != nil || session.Browser != "安卓手机上的微信" {
			t.Fatal(session, err)
		}
		if who := c.open(c.process, "by one press", token); who.ID != "xu" {
			t.Errorf("as %+v", who)
		}
		code := c.RehearsalCode(session, "B-1")
		_, err = c.StepUp(ctx, token, "B-2", code)
		c.wants("for another subject", err, signin.ErrCode)
		token, err = c.StepUp(ctx, token, "B-1", code)
		if err != nil {
			t.Fatal(err)
		}
		_, session, err = c.Resume(ctx, token)
		if err != nil || !c.SteppedUp(session, "B-1") {
			t.Errorf("%+v, %v", session, err)
		}
		_, err = c.StepUp(ctx, token, "B-1", code)
		c.wants("twice", err, signin.ErrCode)
		if token, err = c.StepUp(ctx, token, "B-1", c.RehearsalCode(session, "B-1")); err != nil {
			t.Error(err)
		}

		real := newReal(c, open)
		c.over(real, "where residents are real", token)
		_, _, err = real.Rehearse(ctx, "xu", "127.0.0.1", phone)
		c.wants("one press there", err, signin.ErrNoRehearsal)
		if real.RehearsalCode(session, "B-1") != "" {
			t.Error("a code is filled in there")
		}
	})
}

// newReal is a process on the same database that rehearses nothing.
func newReal(c *city, open func() *store.DB) process {
	db := open()
	return process{Service: signin.New(signin.Config{Store: db.Signin(), Staff: c.staff, Enrolment: c.enrol, Now: c.now}), staff: c.staff, enrol: c.enrol, db: db}
}
