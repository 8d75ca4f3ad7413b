package staff

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"towncrier/alarm"
	"towncrier/audit"
)

// Store keeps staff and keys. A method that is given an act records it in the same transaction as the change, and not at
// all when there was nothing to change; ErrActor when it is of staff who are no admins by then. Safe for concurrent use, by several
// processes too.
type Store interface {
	Add(ctx context.Context, p Person, act audit.Act) error // ErrExists, ErrNoCommittee
	Get(ctx context.Context, id string) (Person, error)     // ErrNoPerson
	List(ctx context.Context) ([]Person, error)             // by ID
	// Disable ends the person's keys, sessions, passphrase and second factors, their invitations and those that they issued or confirmed, their open requests to export numbers or undo
	// stops, and forgets their number. It keeps the first instant when it is called again. keep is how many other admins must be left when the
	// person is one. ErrNoPerson, ErrLastAdmin, ErrOneAdmin.
	Disable(ctx context.Context, id string, keep int, at time.Time, act audit.Act) error
	Enable(ctx context.Context, id string, at time.Time, act audit.Act) error // ErrNoPerson, ErrNoCommittee
	// Change writes what edit makes of the person, and returns it. With another role or committee it ends what Disable ends, but for
	// their number. edit completes act; an error of it is returned as it is. keep as of Disable. ErrNoPerson, ErrNoCommittee, ErrLastAdmin,
	// ErrOneAdmin.
	Change(ctx context.Context, id string, keep int, at time.Time, act audit.Act, edit func(*Person, *audit.Act) error) (Person, error)
	// Key finds the key with this id and this digest of its secret, neither revoked nor altered by hand. ErrNoPerson.
	Key(ctx context.Context, id string, digest []byte) (Key, Person, error)
	Keys(ctx context.Context, person string) ([]Key, error) // the oldest first; "" for everybody's
	// Revoke ends a key for good; the act's subject becomes the key's person. ErrNoPerson.
	Revoke(ctx context.Context, key string, at time.Time, act audit.Act) error
	Used(ctx context.Context, key string, at time.Time) error
	// Unused are those who are not disabled, and neither signed in, used a key, were invited, added nor enabled since an instant.
	Unused(ctx context.Context, since time.Time) ([]Person, error)
	// Activated counts the people who have ever activated a key as admins.
	Activated(ctx context.Context) (int, error)
}

// Service is what staff and operators do with staff and keys. Safe for concurrent use.
type Service struct {
	store  Store
	alarms *alarm.Alarms
	now    func() time.Time
}

// New keeps staff in store. alarms hears of what becomes of admins; it may be nil.
func New(store Store, alarms *alarm.Alarms, now func() time.Time) *Service {
	return &Service{store, alarms, now}
}

// Add takes somebody on. It returns ErrExists for an id that was ever given, ErrNoCommittee, and for fields that cannot be
// *problem.Invalid, perhaps several joined.
func (s *Service) Add(ctx context.Context, actor audit.Actor, p Person) (Person, error) {
	p.Name = strings.TrimSpace(p.Name)
	if err := check(p); err != nil {
		return Person{}, err
	}
	p.CreatedAt, p.DisabledAt = s.now().UTC().Truncate(time.Millisecond), time.Time{}
	detail := "role=" + string(p.Role)
	if p.Committee != "" {
		detail += " committee=" + p.Committee
	}
	if err := s.store.Add(ctx, p, s.act(actor, "staff.add", p.ID, detail)); err != nil {
		return Person{}, err
	}
	return p, nil
}

// Get returns one person, or ErrNoPerson.
func (s *Service) Get(ctx context.Context, id string) (Person, error) {
	if !idForm.MatchString(id) { // PostgreSQL cannot even be asked for some texts
		return Person{}, ErrNoPerson
	}
	return s.store.Get(ctx, id)
}

// List returns everybody, disabled people included, by ID.
func (s *Service) List(ctx context.Context) ([]Person, error) { return s.store.List(ctx) }

// Disable ends what somebody may do, at once: none of their keys opens any more, and no session goes on. Nobody disables themselves (ErrDisableSelf). The last
// admin who is not disabled cannot be (ErrLastAdmin): nobody could manage staff through the API then; the last but one only when
// oneAdmin confirms it (ErrOneAdmin).
func (s *Service) Disable(ctx context.Context, actor audit.Actor, id string, oneAdmin bool) error {
	p, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	if actor == audit.Staff(id) {
		return ErrDisableSelf
	}
	if err := s.store.Disable(ctx, id, keep(oneAdmin), s.now(), s.act(actor, "staff.disable", id, "")); err != nil {
		return err
	}
	if p.Role == Admin && p.DisabledAt.IsZero() {
		raise(ctx, s.alarms, actor, id, "停用")
	}
	return nil
}

// keep is how many admins must be left.
func keep(oneAdmin bool) int {
	if oneAdmin {
		return 1
	}
	return SetupNeeds
}

// AdminsLeft refuses to leave fewer than keep admins.
func AdminsLeft(admins, keep int) error {
	switch {
	case admins >= keep:
		return nil
	case admins == 0:
		return ErrLastAdmin
	}
	return ErrOneAdmin
}

// Enable takes Disable back. Their old keys and passphrase stay ended: they are invited anew. ErrNoCommittee when their committee was
// deleted meanwhile.
func (s *Service) Enable(ctx context.Context, actor audit.Actor, id string) error {
	if _, err := s.Get(ctx, id); err != nil {
		return err
	}
	return s.store.Enable(ctx, id, s.now(), s.act(actor, "staff.enable", id, ""))
}

// A bearer key is tck_, which lets a secret scanner know one that leaked; an id of 50 bits, enough never to meet twice; and
// a secret of 130 bits, as rand.Text makes it.
var (
	bearerForm = regexp.MustCompile(`^tck_([a-z2-7]{10})_([a-z2-7]{26})$`)
	keyIDForm  = regexp.MustCompile(`^[a-z2-7]{10}$`)
)

// SetupNeeds is how many admins must have activated a key before set-up is over: from then on every key takes two of them, and
// none is invited on the machine.
const SetupNeeds = 2

// SetupOpen says whether the city is still being set up. Once over, it stays over.
func (s *Service) SetupOpen(ctx context.Context) (bool, error) {
	n, err := s.store.Activated(ctx)
	return n < SetupNeeds, err
}

// KeyID is the public part of a text that has the form of a bearer key, and "" of every other.
func KeyID(bearer string) string {
	if form := bearerForm.FindStringSubmatch(bearer); form != nil {
		return form[1]
	}
	return ""
}

// newKey draws a key for person, and the digest of its secret.
func newKey(person string, now time.Time) (bearer string, k Key, sum []byte) {
	id, secret := newID(), newSecret()
	now = now.UTC().Truncate(time.Millisecond)
	return "tck_" + id + "_" + secret, Key{ID: id, Person: person, CreatedAt: now, ExpiresAt: now.Add(KeyLife)}, digest(secret)
}

func newID() string     { return strings.ToLower(rand.Text()[:10]) }
func newSecret() string { return strings.ToLower(rand.Text()) }

// Keys lists a person's keys, revoked ones too, the oldest first; everybody's for "". ErrNoPerson when there is no such
// person.
func (s *Service) Keys(ctx context.Context, person string) ([]Key, error) {
	if person != "" {
		if _, err := s.Get(ctx, person); err != nil {
			return nil, err
		}
	}
	return s.store.Keys(ctx, person)
}

// Revoke ends a key for good, by its id. Again is no error.
func (s *Service) Revoke(ctx context.Context, actor audit.Actor, key string) error {
	if !keyIDForm.MatchString(key) {
		return ErrNoPerson
	}
	keys, err := s.store.Keys(ctx, "")
	if err != nil {
		return err
	}
	if err := s.store.Revoke(ctx, key, s.now(), s.act(actor, "staff.revoke", "", "key="+key)); err != nil {
		return err
	}
	for _, k := range keys {
		if k.ID != key || !k.RevokedAt.IsZero() || actor == audit.Staff(k.Person) {
			continue
		}
		if p, err := s.Get(ctx, k.Person); err == nil && p.Role == Admin {
			raise(ctx, s.alarms, actor, p.ID, "停用密钥")
		}
	}
	return nil
}

// Authenticate returns the person that a bearer key belongs to, and the key. Every key that does not open is ErrKey; any other
// error means that the store could not be asked.
func (s *Service) Authenticate(ctx context.Context, bearer string) (Person, Key, error) {
	form := bearerForm.FindStringSubmatch(bearer)
	if form == nil {
		return Person{}, Key{}, ErrKey
	}
	id, secret := form[1], form[2]
	k, p, err := s.store.Key(ctx, id, digest(secret))
	if errors.Is(err, ErrNoPerson) {
		return Person{}, Key{}, ErrKey
	}
	if err != nil {
		return Person{}, Key{}, fmt.Errorf("authenticate: %w", err)
	}
	if !k.RevokedAt.IsZero() || !s.now().Before(k.ExpiresAt) || !p.DisabledAt.IsZero() {
		return Person{}, Key{}, ErrKey
	}
	if hour := s.now().UTC().Truncate(time.Hour); hour.After(k.LastUsedAt) {
		_ = s.store.Used(ctx, id, hour) // it helps admins to tidy keys up, and is no reason to turn anybody away
	}
	return p, k, nil
}

// digest is what the store is told of a secret; it keeps a keyed hash of that.
func digest(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// raise tells all admins what somebody did to one of them: an admin whose key is in wrong hands must not get rid of the others unseen.
func raise(ctx context.Context, alarms *alarm.Alarms, actor audit.Actor, admin, what string) {
	alarms.RaiseBy(ctx, actor, alarm.AdminChanged, fmt.Sprintf("管理员 %s 由 %s %s：请在操作日志里查对象 %s，并向双方核实", admin, actor, what, admin))
}

func (s *Service) act(actor audit.Actor, action, subject, detail string) audit.Act {
	return audit.Act{Actor: actor, Action: action, Subject: subject, Detail: detail, At: s.now()}
}
