// Package staff knows who works with towncrier, what each may do, and the bearer keys by which programs and browsers speak
// for them.
package staff

import (
	"errors"
	"time"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/problem"
)

// Role is what somebody works as. A person has one.
type Role string

const (
	Author    Role = "author"    // drafts broadcasts, answers residents' tickets
	Approver  Role = "approver"  // approves what another drafted
	Committee Role = "committee" // a community committee (社区居委会): sees and targets its own residents only
	Auditor   Role = "auditor"   // reads everything that is recorded, changes nothing
	Admin     Role = "admin"     // staff, committees, residents; approves nothing
)

// Roles are all of them.
var Roles = []Role{Author, Approver, Committee, Auditor, Admin}

// What a caller can tell apart with errors.Is.
var (
	ErrNoPerson = problem.NotFound("没有这位工作人员：请核对账号，见工作人员列表")
	ErrExists   = errors.New("这个账号已经有人用过：请换一个")
	// ErrNoCommittee says that the committee must be there before somebody can belong to it.
	ErrNoCommittee = errors.New("没有这个居委会：请先添加")
	// ErrDisabled says that no key can be made for somebody who may not act.
	ErrDisabled = errors.New("这位工作人员已停用：请先恢复")
	// ErrLastAdmin keeps the API manageable.
	ErrLastAdmin = errors.New("这是唯一的管理员，不能停用：请先添加另一位管理员")
	// ErrOneAdmin asks for a confirmation: an invitation takes two admins.
	ErrOneAdmin = errors.New("办完只剩一位管理员，以后没有人能确认邀请，谁都得不到新密钥：请先添加另一位管理员；一定要办，请确认")
	// ErrDisableSelf leaves it to another admin, who is there afterwards.
	ErrDisableSelf = errors.New("不能停用自己，请由另一位管理员停用；只是密钥不用了，可以吊销密钥")
	// ErrOwnRole keeps anybody from giving themselves what others must agree to.
	ErrOwnRole = errors.New("不能改自己的角色或居委会，请由另一位管理员修改")
	// ErrActor refuses a change by somebody who was disabled or got another role while they asked for it.
	ErrActor = errors.New("您的账号已停用或角色已改变，这件事没有办成：请联系管理员")
	// ErrNoChange says that nothing was asked for.
	ErrNoChange = errors.New("没有要修改的内容：请写明姓名、角色或居委会中的至少一项")
	// ErrKey is for every bearer key that does not open: unknown, revoked, expired, of somebody disabled. Which of them is not said.
	ErrKey = errors.New("密钥无效")
	// ErrSetupOver refuses what is possible only while a city is set up.
	ErrSetupOver = errors.New("初始设置已结束：两位管理员都已启用密钥。以后的密钥由一位管理员邀请，另一位确认")
)

// Person is a member of staff.
type Person struct {
	ID         string // 2 to 32 of a-z, 0-9, - and _; never reused
	Name       string // as colleagues know them
	Role       Role
	Committee  string // the committee's code; for Role Committee only, and then required
	CreatedAt  time.Time
	DisabledAt time.Time // zero while they may act
	// Phone is their own mobile number, proved by a code sent to it or entered by the admin who confirmed their
	// invitation; "" for none. No two people have the same.
	Phone   phone.Number
	PhoneBy audit.Actor // the person who entered Phone
}

// KeyLife is how long a key opens at most.
const KeyLife = 90 * 24 * time.Hour

// Key is a bearer key of a person, without its secret: that is shown once, and kept as a keyed hash.
type Key struct {
	ID         string // public part; names the key in lists and in the audit log
	Person     string // staff id
	CreatedAt  time.Time
	ExpiresAt  time.Time // it opens before
	RevokedAt  time.Time // zero unless it was ended early
	LastUsedAt time.Time // to the hour; zero when never
	Name       string    // that its owner gave it, such as 办公室电脑; "" for none
}

// Right is one thing that a role may do. The API asks for a right, never for a role.
type Right string
