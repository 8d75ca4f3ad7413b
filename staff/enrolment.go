package staff

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"towncrier/alarm"
	"towncrier/audit"
	"towncrier/phone"
)

// InvitationStore keeps invitations and the numbers of staff. A method that is given an act records it in the same
// transaction as the change. Safe for concurrent use, by several processes too.
type InvitationStore interface {
	Store
	// Invite keeps inv, confirmed or not, and revokes the person's other open invitations. only says on which condition.
	// ErrNoPerson, ErrDisabled, ErrPhoneTaken, ErrSetupOver, ErrOthersCan.
	Invite(ctx context.Context, inv Invitation, digest []byte, only InviteOnly, act audit.Act) error
	// Confirm keeps inv's confirmation while it is still Issued; else ErrSettled. ErrPhoneTaken.
	Confirm(ctx context.Context, inv Invitation, act audit.Act) error
	Invitation(ctx context.Context, id string) (Invitation, error) // ErrNoPerson
	// InvitationOf is the invitation with this digest of its secret, unaltered by hand. ErrNoPerson.
	InvitationOf(ctx context.Context, id string, digest []byte) (Invitation, error)
	Invitations(ctx context.Context, limit int) ([]Invitation, error) // the newest first
	// Open keeps k, ends the person's older keys, registers the invitation's number as theirs, and marks inv opened, if it
	// still can be: ErrNoInvitation. ErrPhoneTaken.
	Open(ctx context.Context, inv Invitation, k Key, digest []byte, act audit.Act) error
	Withdraw(ctx context.Context, id string, at time.Time, act audit.Act) error // ErrSettled
	SetPhone(ctx context.Context, person string, number phone.Number, by audit.Actor, act audit.Act) error
}

// InviteOnly is a condition of Invite, held in its transaction.
type InviteOnly int

const (
	Always       InviteOnly = iota
	DuringSetup             // the city is being set up
	WithoutPeers            // fewer than two other admins have a key that opens, or sign in
)

// Codes prove that a number is somebody's by a code sent to it. owner names what is being proved: another code for the
// same owner takes the place of the one before.
type Codes interface {
	Request(ctx context.Context, owner string, number phone.Number) error
	Confirm(ctx context.Context, owner, code string) (phone.Number, error)
}

// Notifier tells a member of staff by SMS that something about their access has changed.
type Notifier interface {
	AccessChanged(ctx context.Context, number phone.Number) error
}

// EnrolmentConfig is what Enrolment needs.
type EnrolmentConfig struct {
	Store InvitationStore
	SMS   bool     // whether SMS is on: then a code proves a person
	Codes Codes    // with SMS; may be nil where nothing is opened, as in a command on the machine
	Tell  Notifier // nil when nobody can be told
	// Alarms has admins hear of a key that the machine gave to one of them; nil where none is given.
	Alarms *alarm.Alarms
	Now    func() time.Time
	// Failed is told of somebody who could not be told; may be nil.
	Failed func(ctx context.Context, person string, err error)
}

// Enrolment gives staff their keys by invitation, and knows their numbers. Safe for concurrent use.
type Enrolment struct{ cfg EnrolmentConfig }

// NewEnrolment makes an Enrolment.
func NewEnrolment(cfg EnrolmentConfig) *Enrolment { return &Enrolment{cfg} }

// An activation code has the form of a bearer key, under a prefix of its own.
var activationForm = regexp.MustCompile(`^tca_([a-z2-7]{10})_([a-z2-7]{26})$`)

// Invite issues an invitation to person, and returns its activation code: the only copy there will ever be. It opens
// nothing before another admin has confirmed it.
func (e *Enrolment) Invite(ctx context.Context, by, person string) (code string, inv Invitation, err error) {
	p, err := e.get(ctx, person)
	if err != nil {
		return "", Invitation{}, err
	}
	return e.invite(ctx, Invitation{Person: p.ID, IssuedBy: audit.Staff(by)}, Always, "staff.invite")
}

// InviteAdmin issues and confirms an invitation for one of the first admins, on the machine. number may be "" when the
// person has one registered, or SMS is off.
func (e *Enrolment) InviteAdmin(ctx context.Context, actor audit.Actor, person string, number phone.Number) (code string, inv Invitation, err error) {
	return e.locally(ctx, actor, person, number, DuringSetup, "staff.invite")
}

// Renew issues and confirms an invitation for an admin, on the machine, when fewer than two other admins could do it. Admins hear of it
// by an alarm.
func (e *Enrolment) Renew(ctx context.Context, actor audit.Actor, person string, number phone.Number) (code string, inv Invitation, err error) {
	code, inv, err = e.locally(ctx, actor, person, number, WithoutPeers, "staff.renew")
	if err == nil {
		raise(ctx, e.cfg.Alarms, actor, inv.Person, "在服务器上更换密钥")
	}
	return code, inv, err
}

func (e *Enrolment) locally(ctx context.Context, actor audit.Actor, person string, number phone.Number, only InviteOnly, action string) (string, Invitation, error) {
	p, err := e.get(ctx, person)
	if err != nil {
		return "", Invitation{}, err
	}
	if p.Role != Admin {
		return "", Invitation{}, ErrNotAdmin
	}
	inv := Invitation{Person: p.ID, IssuedBy: actor, ConfirmedBy: actor, ConfirmedAt: e.now(), InPerson: !e.cfg.SMS}
	if e.cfg.SMS {
		if inv.Phone, inv.PhoneBy = number, actor; number == "" {
			inv.Phone, inv.PhoneBy = p.Phone, p.PhoneBy
		}
		if inv.Phone == "" {
			return "", Invitation{}, ErrNoPhone
		}
	}
	return e.invite(ctx, inv, only, action)
}

func (e *Enrolment) invite(ctx context.Context, inv Invitation, only InviteOnly, action string) (code string, _ Invitation, err error) {
	secret := newSecret()
	inv.ID, inv.IssuedAt = newID(), e.now()
	inv.ExpiresAt = inv.IssuedAt.Add(InvitationLife)
	detail := "invitation=" + inv.ID
	if !inv.ConfirmedAt.IsZero() {
		detail += inv.Proof()
	}
	if err := e.cfg.Store.Invite(ctx, inv, digest(secret), only, e.act(inv.IssuedBy, action, inv.Person, detail)); err != nil {
		return "", Invitation{}, err
	}
	return "tca_" + inv.ID + "_" + secret, inv, nil
}

// Confirmation is what the confirming admin knows of the person.
type Confirmation struct {
	Phone    phone.Number // their own number; "" for the one that they registered
	InPerson bool         // they stand before the admin; only where SMS is off
}

// Confirm is the second admin's yes to an invitation. ErrSecondAdmin, ErrSettled, ErrNoPerson, ErrNoPhone, ErrPhoneTaken,
// ErrSMSOn, ErrSMSOff.
func (e *Enrolment) Confirm(ctx context.Context, by, id string, c Confirmation) (Invitation, error) {
	inv, err := e.find(ctx, id)
	if err != nil {
		return Invitation{}, err
	}
	actor := audit.Staff(by)
	if actor == inv.IssuedBy || by == inv.Person {
		return Invitation{}, ErrSecondAdmin
	}
	if inv.State(e.now()) != Issued {
		return Invitation{}, ErrSettled
	}
	inv.ConfirmedBy, inv.ConfirmedAt = actor, e.now()
	switch {
	case !e.cfg.SMS && !c.InPerson:
		return Invitation{}, ErrSMSOff
	case !e.cfg.SMS:
		inv.InPerson = true
	case c.InPerson:
		return Invitation{}, ErrSMSOn
	case c.Phone != "":
		inv.Phone, inv.PhoneBy = c.Phone, actor
	default:
		p, err := e.cfg.Store.Get(ctx, inv.Person)
		if err != nil {
			return Invitation{}, err
		}
		// A number that the issuing admin entered proves that admin, unless it is their own key that is renewed.
		if p.Phone == "" || p.PhoneBy == inv.IssuedBy && p.ID != issuerID(inv) {
			return Invitation{}, ErrNoPhone
		}
		inv.Phone, inv.PhoneBy = p.Phone, p.PhoneBy
	}
	return inv, e.cfg.Store.Confirm(ctx, inv, e.act(actor, "staff.confirm", inv.Person, "invitation="+inv.ID+inv.Proof()))
}

func issuerID(inv Invitation) string {
	id, _ := strings.CutPrefix(string(inv.IssuedBy), string(audit.Staff("")))
	return id
}

// Withdraw takes an invitation back that was not opened.
func (e *Enrolment) Withdraw(ctx context.Context, by, id string) error {
	inv, err := e.find(ctx, id)
	if err != nil {
		return err
	}
	return e.cfg.Store.Withdraw(ctx, id, e.now(), e.act(audit.Staff(by), "staff.withdraw", inv.Person, "invitation="+id))
}

// Invitations lists the newest 200.
func (e *Enrolment) Invitations(ctx context.Context) ([]Invitation, error) {
	return e.cfg.Store.Invitations(ctx, 200)
}

// Begin has the code sent that opens the invitation of an activation code, and returns the invitation. Nothing is sent for
// one that was confirmed in person: Open takes it without a code. ErrNoInvitation, ErrUnconfirmed, or what Codes say.
func (e *Enrolment) Begin(ctx context.Context, activation string) (Invitation, error) {
	inv, err := e.Confirmed(ctx, activation)
	if err != nil || inv.InPerson {
		return inv, err
	}
	if e.cfg.Codes == nil {
		return inv, ErrSMSOff
	}
	return inv, e.cfg.Codes.Request(ctx, openOwner(inv), inv.Phone)
}

// Open gives the person their key, under a name of their choice ("" for none), for the activation code and the code that Begin sent
// ("" when the invitation was confirmed in person). Their older keys end with it, and they are told by SMS where that is possible. Each wrong code
// counts. ErrNoInvitation, ErrUnconfirmed, *problem.Invalid for the name, or what Codes say.
func (e *Enrolment) Open(ctx context.Context, activation, code, name string) (bearer string, k Key, p Person, err error) {
	name = strings.TrimSpace(name)
	if err := checkKeyName(name); err != nil {
		return "", Key{}, Person{}, err
	}
	p, err = e.OpenBy(ctx, activation, code, func(Person) error { return nil }, func(inv Invitation) error {
		var sum []byte
		bearer, k, sum = newKey(inv.Person, inv.OpenedAt)
		k.Name = name
		act := e.act(audit.Staff(inv.Person), "staff.activate", inv.Person, "invitation="+inv.ID+" key="+k.ID+inv.Proof())
		return e.cfg.Store.Open(ctx, inv, k, sum, act)
	})
	if err != nil {
		return "", Key{}, Person{}, err
	}
	return bearer, k, p, nil
}

// OpenBy has open keep what an invitation gives its person, and mark it opened, as Open does for a key. check may refuse before a code is
// tried; what it says is returned as it is.
func (e *Enrolment) OpenBy(ctx context.Context, activation, code string, check func(Person) error, open func(Invitation) error) (Person, error) {
	inv, err := e.Confirmed(ctx, activation)
	if err != nil {
		return Person{}, err
	}
	before, err := e.cfg.Store.Get(ctx, inv.Person)
	if err == nil {
		err = check(before)
	}
	if err == nil {
		err = e.prove(ctx, inv, code)
	}
	if err != nil {
		return Person{}, err
	}
	inv.OpenedAt = e.now()
	if err := open(inv); err != nil {
		return Person{}, err
	}
	e.tell(ctx, inv.Person, before.Phone, inv.Phone)
	return e.cfg.Store.Get(ctx, inv.Person)
}

// prove takes the code that Begin sent.
func (e *Enrolment) prove(ctx context.Context, inv Invitation, code string) error {
	if inv.InPerson {
		return nil
	}
	if e.cfg.Codes == nil {
		return ErrSMSOff
	}
	number, err := e.cfg.Codes.Confirm(ctx, openOwner(inv), code)
	if err == nil && number != inv.Phone {
		err = ErrNoInvitation
	}
	return err
}

// CodeOwner begins the name of every owner that Codes are told of. No openid begins like this.
const CodeOwner = "staff:"

func openOwner(inv Invitation) string { return CodeOwner + "open:" + inv.ID }

// Confirmed is the invitation of an activation code, when it can be opened now. ErrNoInvitation, ErrUnconfirmed.
func (e *Enrolment) Confirmed(ctx context.Context, activation string) (inv Invitation, err error) {
	form := activationForm.FindStringSubmatch(strings.TrimSpace(activation))
	if form == nil {
		return Invitation{}, ErrNoInvitation
	}
	inv, err = e.cfg.Store.InvitationOf(ctx, form[1], digest(form[2]))
	if errors.Is(err, ErrNoPerson) {
		err = ErrNoInvitation
	}
	if err != nil {
		return Invitation{}, err
	}
	switch inv.State(e.now()) {
	case Confirmed:
		return inv, nil
	case Issued:
		return Invitation{}, ErrUnconfirmed
	}
	return Invitation{}, ErrNoInvitation
}

// RequestPhone has a code sent to a number that person says is theirs. ErrSMSOff, or what Codes say.
func (e *Enrolment) RequestPhone(ctx context.Context, person string, number phone.Number) error {
	if !e.cfg.SMS || e.cfg.Codes == nil {
		return ErrSMSOff
	}
	return e.cfg.Codes.Request(ctx, phoneOwner(person), number)
}

// ConfirmPhone registers the number that the code was sent to as person's own. Each wrong code counts. ErrPhoneTaken,
// ErrSMSOff, or what Codes say.
func (e *Enrolment) ConfirmPhone(ctx context.Context, person, code string) (phone.Number, error) {
	if !e.cfg.SMS || e.cfg.Codes == nil {
		return "", ErrSMSOff
	}
	before, err := e.cfg.Store.Get(ctx, person)
	if err != nil {
		return "", err
	}
	number, err := e.cfg.Codes.Confirm(ctx, phoneOwner(person), code)
	if err != nil {
		return "", err
	}
	actor := audit.Staff(person)
	if err := e.cfg.Store.SetPhone(ctx, person, number, actor, e.act(actor, "staff.phone", person, "")); err != nil {
		return "", err
	}
	if before.Phone != number {
		e.tell(ctx, person, before.Phone)
	}
	return number, nil
}

func phoneOwner(person string) string { return CodeOwner + "phone:" + person }

// tell tells the numbers, each once, that the person's access changed.
func (e *Enrolment) tell(ctx context.Context, person string, numbers ...phone.Number) {
	told := map[phone.Number]bool{"": true}
	for _, number := range numbers {
		if told[number] || e.cfg.Tell == nil {
			continue
		}
		told[number] = true
		if err := e.cfg.Tell.AccessChanged(ctx, number); err != nil && e.cfg.Failed != nil {
			e.cfg.Failed(ctx, person, err)
		}
	}
}

func (e *Enrolment) get(ctx context.Context, id string) (Person, error) {
	if !idForm.MatchString(id) {
		return Person{}, ErrNoPerson
	}
	p, err := e.cfg.Store.Get(ctx, id)
	if err == nil && !p.DisabledAt.IsZero() {
		err = ErrDisabled
	}
	return p, err
}

func (e *Enrolment) find(ctx context.Context, id string) (Invitation, error) {
	if !keyIDForm.MatchString(id) {
		return Invitation{}, ErrNoPerson
	}
	return e.cfg.Store.Invitation(ctx, id)
}

func (e *Enrolment) now() time.Time { return e.cfg.Now().UTC().Truncate(time.Millisecond) }

func (e *Enrolment) act(actor audit.Actor, action, subject, detail string) audit.Act {
	return audit.Act{Actor: actor, Action: action, Subject: subject, Detail: detail, At: e.cfg.Now()}
}
