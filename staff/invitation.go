package staff

import (
	"errors"
	"time"

	"towncrier/audit"
	"towncrier/phone"
)

// InvitationState is where an Invitation stands.
type InvitationState string

// An invitation moves through these states. The admin who issues it holds the activation code; the admin who confirms it decides which
// number proves the person; neither can open it alone.
//
//	state      how it is reached                                            what may follow
//	issued     an admin invites the person and gets the activation code     confirmed, expired, revoked
//	confirmed  another admin, not the person, confirms: the code that       opened, expired, revoked
//	           opens it goes to the person's own registered number, or to
//	           one that this admin enters; where SMS is off the admin
//	           confirms that the person stands before them
//	opened     the person enters the activation code, and the code sent to  none
//	           their number: they get a key, and their older keys end; or
//	           they set how they sign in, in place of what they had
//	expired    InvitationLife has passed since it was issued                none
//	revoked    an admin takes it back; the person, or an admin who issued   none
//	           or confirmed it, is disabled or gets another role; or a
//	           newer invitation of the person takes its place
//
// On the machine one step does both, issued and confirmed, for the first SetupNeeds admins, and for an admin when fewer
// than two other admins have a key: nobody else could help them.
const (
	Issued    InvitationState = "issued"
	Confirmed InvitationState = "confirmed"
	Opened    InvitationState = "opened"
	Expired   InvitationState = "expired"
	Revoked   InvitationState = "revoked"
)

// InvitationLife is how long after it was issued an invitation can be opened.
const InvitationLife = 24 * time.Hour

// Invitation is how a person gets a key, first or renewed.
type Invitation struct {
	ID          string // public part of the activation code
	Person      string // staff id
	IssuedBy    audit.Actor
	ConfirmedBy audit.Actor // "" before
	// Phone is where the code goes that opens it, PhoneBy the person who entered that number. Both are "" before it is confirmed, and
	// when InPerson.
	Phone       phone.Number
	PhoneBy     audit.Actor
	InPerson    bool // SMS was off: the admin who confirmed it saw the person
	IssuedAt    time.Time
	ConfirmedAt time.Time // zero before, as the others
	OpenedAt    time.Time
	RevokedAt   time.Time
	ExpiresAt   time.Time
}

// State is where i stands at now.
func (i Invitation) State(now time.Time) InvitationState {
	switch {
	case !i.OpenedAt.IsZero():
		return Opened
	case !i.RevokedAt.IsZero():
		return Revoked
	case !now.Before(i.ExpiresAt):
		return Expired
	case !i.ConfirmedAt.IsZero():
		return Confirmed
	}
	return Issued
}

// Proof says in an audit entry what proves the person.
func (i Invitation) Proof() string {
	if i.InPerson {
		return " proof=in-person"
	}
	return " proof=sms number-by=" + string(i.PhoneBy)
}

// What a caller can tell apart with errors.Is.
var (
	// ErrNoInvitation is for an activation code that opens nothing: unknown, used, expired, or taken back.
	ErrNoInvitation = errors.New("激活码无效：可能输入有误、已经用过、超过24小时或已撤回。请核对，或请管理员重新邀请")
	ErrUnconfirmed  = errors.New("邀请还没有经另一位管理员确认：请先请另一位管理员确认")
	ErrSecondAdmin  = errors.New("须由另一位管理员确认：不能是发出邀请的人，也不能是被邀请的人")
	ErrSettled      = errors.New("这份邀请已经确认、用过、撤回或超过24小时：如有需要，请重新邀请")
	ErrPhoneTaken   = errors.New("这个手机号是另一位工作人员的：每人要用自己的手机号")
	ErrNoPhone      = errors.New("没有可以核实本人的手机号：请填写本人的手机号")
	ErrSMSOff       = errors.New("短信没有开通，不能发送验证码：请当面核实本人")
	ErrSMSOn        = errors.New("短信已开通：请用发到本人手机的验证码核实，不能当面核实")
	// ErrOthersCan refuses a renewal on the machine.
	ErrOthersCan = errors.New("另有两位管理员有密钥或能登录工作台：请由一位邀请，另一位确认")
	ErrNotAdmin  = errors.New("在服务器上只能邀请管理员或给管理员换密钥：其他人由管理员邀请")
)
