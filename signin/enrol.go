package signin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"towncrier/audit"
	"towncrier/problem"
	"towncrier/staff"
)

// Credentials are what a person signs in with from now on. What is empty stays as it was.
type Credentials struct {
	Person     string
	Passphrase string   // PHC
	TOTP       string   // secret; in place of the one before
	Used       int64    // the step of TOTP whose code was shown to set it: it opens nothing else
	Recovery   [][]byte // digests of the codes; in place of those before
	At         time.Time
}

// Enrolling is what somebody hands in who opens an invitation for the console.
type Enrolling struct {
	Activation string // the admin's
	SMSCode    string // that Begin sent; "" when the invitation was confirmed in person
	Passphrase string
	Secret     string // that NewSecret drew for this page
	Code       string // that the app shows for Secret
	Address    string
}

// Invited says for whom an activation code is, and has the code sent that proves them, as staff.Enrolment.Begin does. *TooMany when many wrong
// ones came from an address.
func (s *Service) Invited(ctx context.Context, activation, address string) (inv staff.Invitation, err error) {
	err = s.counted(ctx, address, func() error {
		inv, err = s.cfg.Enrolment.Begin(ctx, activation)
		return err
	})
	return inv, err
}

// Opening says for whom an activation code is that opens still, and sends nothing.
func (s *Service) Opening(ctx context.Context, activation string) (staff.Invitation, error) {
	return s.cfg.Enrolment.Confirmed(ctx, activation)
}

// counted has an activation code that opens nothing count as a failure from its address, and puts it on record.
func (s *Service) counted(ctx context.Context, address string, try func() error) error {
	by := Counted{notAnID + "activation", network(address)}
	wait, err := s.cfg.Store.Attempt(ctx, by, s.count)
	if err == nil && wait > 0 {
		err = &TooMany{wait}
	}
	if err != nil {
		return err
	}
	err = try()
	if errors.Is(err, staff.ErrNoInvitation) {
		return s.failed(ctx, "", address, "activation", err)
	}
	return errors.Join(err, s.cfg.Store.Passed(ctx, by))
}

// Enrol opens an invitation: the person signs in with this passphrase and app from now on, and with the recovery codes that are returned, the
// only copy there will ever be. What they signed in with before ends, and so do their sessions; their keys stay. It is refused as
// staff.Enrolment.Open refuses; *problem.Invalid for a passphrase, a secret or a code of the app that will not do, before anything is used up.
func (s *Service) Enrol(ctx context.Context, e Enrolling) (codes []string, p staff.Person, err error) {
	fresh := Credentials{At: s.now()}
	check := func(p staff.Person) (err error) {
		fresh.Person = p.ID
		if err := errors.Join(checkPassphrase("passphrase", e.Passphrase, s.names(p)), s.checkApp(&fresh, e.Secret, e.Code)); err != nil {
			return err
		}
		fresh.Passphrase, err = s.hasher.hash(ctx, e.Passphrase)
		return err
	}
	codes, fresh.Recovery = drawRecovery()
	keep := func(inv staff.Invitation) error {
		act := audit.Act{Actor: audit.Staff(inv.Person), Action: "login.set", Subject: inv.Person, Detail: "invitation=" + inv.ID + inv.Proof(),
			At: s.cfg.Now(), Origin: audit.Origin{Address: e.Address}.String()}
		return s.cfg.Store.Enrol(ctx, inv, fresh, act)
	}
	err = s.counted(ctx, e.Address, func() (err error) {
		p, err = s.cfg.Enrolment.OpenBy(ctx, e.Activation, e.SMSCode, check, keep)
		return err
	})
	if err != nil {
		return nil, staff.Person{}, err
	}
	return codes, p, nil
}

func drawRecovery() (codes []string, digests [][]byte) {
	codes = newRecoveryCodes()
	for _, code := range codes {
		digests = append(digests, digest(recoveryText(code)))
	}
	return codes, digests
}

// checkApp takes a secret into fresh when an app shows its code.
func (s *Service) checkApp(fresh *Credentials, secret, code string) error {
	if !IsSecret(secret) {
		return &problem.Invalid{Field: "secret", Reason: "验证器的密钥不完整：请刷新本页，重新扫码"}
	}
	step, ok := (totp{}).Proves(Enrolled{Secret: secret}, code, s.cfg.Now())
	if !ok {
		return &problem.Invalid{Field: "code", Reason: "验证码不对：请用验证器扫描本页的二维码，输入它现在显示的6位数字；仍然不对的，请核对手机的时间"}
	}
	fresh.TOTP, fresh.Used = secret, step
	return nil
}

// names are what a person's passphrase must not hold.
func (s *Service) names(p staff.Person) []string {
	names := []string{p.ID, p.Name}
	if s.cfg.City != nil {
		names = append(names, s.cfg.City()...)
	}
	return names
}

// Present is what a person proves themselves by before they change what they sign in with: more than the session.
type Present struct{ Token, Passphrase, Code string }

// ChangePassphrase puts a new passphrase in place of the present one. Their other sessions end; this one gets a new token. ErrOver,
// ErrPassphrase, ErrCode, ErrNoLogin, *TooMany, *problem.Invalid.
func (s *Service) ChangePassphrase(ctx context.Context, now Present, passphrase string) (token string, err error) {
	return s.change(ctx, now, "login.passphrase", func(p staff.Person, fresh *Credentials) (err error) {
		if err := checkPassphrase("passphrase", passphrase, s.names(p)); err != nil {
			return err
		}
		fresh.Passphrase, err = s.hasher.hash(ctx, passphrase)
		return err
	})
}

// ChangeApp puts another app, or another phone's, in place of the present one, as ChangePassphrase does. appCode is what it shows for secret.
func (s *Service) ChangeApp(ctx context.Context, now Present, secret, appCode string) (token string, err error) {
	return s.change(ctx, now, "login.app", func(_ staff.Person, fresh *Credentials) error {
		return s.checkApp(fresh, secret, appCode)
	})
}

// RenewRecovery draws ten recovery codes in place of those before, as ChangePassphrase does.
func (s *Service) RenewRecovery(ctx context.Context, now Present) (codes []string, token string, err error) {
	token, err = s.change(ctx, now, "login.recovery", func(_ staff.Person, fresh *Credentials) error {
		codes, fresh.Recovery = drawRecovery()
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	return codes, token, nil
}

func (s *Service) change(ctx context.Context, now Present, action string, edit func(staff.Person, *Credentials) error) (token string, err error) {
	k, p, err := s.kept(ctx, now.Token)
	if err != nil {
		return "", err
	}
	if string(digest(now.Token)) != string(k.Token) {
		return "", ErrOver
	}
	fresh := Credentials{Person: p.ID, At: s.now()}
	if err := edit(p, &fresh); err != nil { // what costs nothing first: a wrong new one uses no code up
		return "", err
	}
	l, by, proof, err := s.proven(ctx, p, k, now.Code)
	if err != nil {
		return "", err
	}
	right, _, err := s.hasher.verify(ctx, l.Passphrase, now.Passphrase)
	if err != nil {
		return "", fmt.Errorf("change a login: %w", err)
	}
	if !right {
		return "", s.failed(ctx, p.ID, k.Address, "passphrase", ErrPassphrase)
	}
	before, token := s.retoken(&k, nil, nil)
	err = s.cfg.Store.Change(ctx, before, l, fresh, k, proof, by, s.act(k.Session, action, ""))
	if errors.Is(err, ErrUsed) {
		return "", s.failed(ctx, p.ID, k.Address, "code", ErrCode)
	}
	if err != nil {
		return "", fmt.Errorf("change a login: %w", err)
	}
	return token, nil
}
