package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/staff"
	"towncrier/store"
)

// Ids of the staff who do something by themselves: the author writes a rehearsal's broadcast, the admins let the others in.
const (
	authorID = "rehearsal-author"
	adminID  = "rehearsal"
	admin2ID = "rehearsal-admin2"
)

// A colleague is one of a rehearsal's staff.
type colleague struct {
	file string // of their key, in keysFolder
	id   string
	name string
	role staff.Role
}

// colleagues are a rehearsal's staff. The admins are first: they let the others in.
var colleagues = []colleague{
	{"admin", adminID, "演示管理员", staff.Admin},
	{"admin2", admin2ID, "演示第二管理员", staff.Admin},
	{"author", authorID, "演示撰稿员", staff.Author},
	{"approver", "rehearsal-approver", "演示审批员", staff.Approver},
	{"approver2", "rehearsal-approver2", "演示第二审批员", staff.Approver},
	{"committee", "rehearsal-committee", "演示社区工作者", staff.Committee},
	{"auditor", "rehearsal-auditor", "演示审计员", staff.Auditor},
}

// onDesk are the colleagues who sign in to the console by one press, in the order of a day's work.
var onDesk = []string{authorID, "rehearsal-approver", "rehearsal-approver2", "rehearsal-committee", "rehearsal-auditor", adminID, admin2ID}

// StaffPhones are the registered numbers of a rehearsal's staff, by id. No resident of a rehearsal has one of them.
var StaffPhones = map[string]string{
	adminID: "19900009991", "rehearsal-approver": "19900009992", "rehearsal-committee": "19900009993", authorID: "19900009994",
	admin2ID: "19900009995", "rehearsal-auditor": "19900009996", "rehearsal-approver2": "19900009997",
}

// keysFolder is where a rehearsal's keys stand, below its data folder.
const keysFolder = "keys"

// keyFile is the file of a colleague's key.
func (c Config) keyFile(name string) string { return filepath.Join(c.Data, keysFolder, name) }

// staffKeys are the bearer keys of a rehearsal's staff, by the names of their files.
type staffKeys map[string]string

// seedStaff takes a rehearsal's staff on and gives each a key in a file. A key that opens still, from an earlier rehearsal, stays.
func seedStaff(ctx context.Context, db *store.DB, home roster.Committee, cfg Config, now func() time.Time) (staffKeys, error) {
	people, store := staff.New(db.Staff(), nil, now), db.Staff()
	if err := os.MkdirAll(filepath.Join(cfg.Data, keysFolder), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the rehearsal's keys: %w", err)
	}
	for _, who := range colleagues {
		if err := takeOn(ctx, people, store, who, home, now()); err != nil {
			return nil, err
		}
	}
	enrolment := staff.NewEnrolment(staff.EnrolmentConfig{Store: store, Now: now}) // without SMS: they stand before each other
	keys := staffKeys{}
	for _, who := range colleagues {
		file := cfg.keyFile(who.file)
		if text, err := os.ReadFile(file); err == nil {
			bearer := strings.TrimSpace(string(text))
			if p, _, err := people.Authenticate(ctx, bearer); err == nil && p.ID == who.id {
				keys[who.file] = bearer
				continue
			}
		}
		bearer, err := openKey(ctx, enrolment, who.id)
		if err != nil {
			return nil, fmt.Errorf("make the key of %s: %w", who.id, err)
		}
		if err := os.WriteFile(file, []byte(bearer+"\n"), 0o600); err != nil {
			return nil, fmt.Errorf("keep the key of %s: %w", who.id, err)
		}
		keys[who.file] = bearer
	}
	return keys, nil
}

// takeOn makes somebody a member of staff who may act, with a number of their own.
func takeOn(ctx context.Context, people *staff.Service, store staff.InvitationStore, who colleague, home roster.Committee, now time.Time) error {
	p := staff.Person{ID: who.id, Name: who.name, Role: who.role}
	if p.Role.NeedsOwnCommittee() {
		p.Committee = home.Code
	}
	if _, err := people.Add(ctx, actor, p); err != nil && !errors.Is(err, staff.ErrExists) {
		return err
	}
	if err := people.Enable(ctx, actor, p.ID); err != nil { // they may have been disabled in an earlier rehearsal
		return err
	}
	p, err := people.Get(ctx, p.ID)
	if err != nil || p.Phone != "" {
		return err
	}
	act := audit.Act{Actor: actor, Action: "staff.phone", Subject: p.ID, At: now}
	return store.SetPhone(ctx, p.ID, phone.Number(StaffPhones[p.ID]), actor, act)
}

// openKey opens a key for somebody as everybody gets one: the first two admins on the machine, the others as one admin invites them and
// another confirms it.
func openKey(ctx context.Context, enrolment *staff.Enrolment, id string) (bearer string, err error) {
	code, _, err := enrolment.InviteAdmin(ctx, actor, id, "")
	if errors.Is(err, staff.ErrSetupOver) || errors.Is(err, staff.ErrNotAdmin) {
		code, err = inviteByTwo(ctx, enrolment, id)
	}
	if err != nil {
		return "", err
	}
	bearer, _, _, err = enrolment.Open(ctx, code, "", "演示")
	return bearer, err
}

func inviteByTwo(ctx context.Context, enrolment *staff.Enrolment, id string) (code string, err error) {
	one, other := adminID, admin2ID
	if id == other {
		one, other = other, one
	}
	code, invitation, err := enrolment.Invite(ctx, one, id)
	if err != nil {
		return "", err
	}
	_, err = enrolment.Confirm(ctx, other, invitation.ID, staff.Confirmation{InPerson: true})
	return code, err
}
