package wire

import "time"

// Invitation shows everything of an invitation but the number, which is masked, and the activation code.
type Invitation struct {
	ID              string    `json:"id"`
	Person          string    `json:"person" doc:"Staff id"`
	PersonName      string    `json:"person_name,omitempty"`
	State           string    `json:"state" enum:"issued,confirmed,opened,expired,revoked"`
	IssuedBy        string    `json:"issued_by" doc:"kind:name, as in the audit log"`
	IssuedByName    string    `json:"issued_by_name,omitempty"`
	ConfirmedBy     string    `json:"confirmed_by,omitempty"`
	ConfirmedByName string    `json:"confirmed_by_name,omitempty"`
	InPerson        bool      `json:"in_person,omitempty" doc:"Confirmed without a code by SMS, because SMS was off"`
	Phone           string    `json:"phone,omitempty" doc:"Number that gets the SMS code, masked"`
	IssuedAt        time.Time `json:"issued_at"`
	ConfirmedAt     time.Time `json:"confirmed_at,omitzero"`
	OpenedAt        time.Time `json:"opened_at,omitzero"`
	RevokedAt       time.Time `json:"revoked_at,omitzero"`
	ExpiresAt       time.Time `json:"expires_at"`
}

// IssuedInvitation is a new invitation with its code.
type IssuedInvitation struct {
	Invitation Invitation `json:"invitation"`
	Code       string     `json:"code" doc:"The activation code, for the invited person only. It is shown only here, and opens nothing before another admin has confirmed the invitation"`
}

// ConfirmInvitation is the body of POST /staff/invitations/{invitation}/confirm.
type ConfirmInvitation struct {
	Phone    string `json:"phone,omitempty" maxLength:"32" doc:"The person's own mobile number; left out, the code goes to the one that they registered"`
	InPerson bool   `json:"in_person,omitempty" doc:"The person is with you in person; only where SMS is off"`
}

// Activate is the body of POST /activate.
type Activate struct {
	Code    string `json:"code" maxLength:"64" doc:"The activation code of the invitation, tca_…"`
	SMSCode string `json:"sms_code,omitempty" maxLength:"16" doc:"The code that was sent to your number; left out, one is sent"`
	Name    string `json:"name,omitempty" maxLength:"160" doc:"What you call the key, to know it in lists: 办公室电脑"`
}

// Activated is what opening an invitation gave.
type Activated struct {
	Status string `json:"status" enum:"code-sent,activated"`
	Phone  string `json:"phone,omitempty" doc:"Number that the code was sent to, masked"`
	Staff  string `json:"staff,omitempty" doc:"Your staff id"`
	Key    string `json:"key,omitempty" doc:"Your key, for Authorization: Bearer. It is shown only here"`
	// ExpiresAt is the key's.
	ExpiresAt time.Time `json:"expires_at,omitzero" doc:"The key is valid until then; renew it before"`
}

// RegisterPhone is the body of POST /me/phone.
type RegisterPhone struct {
	Phone string `json:"phone" maxLength:"32" doc:"Your own mainland mobile number"`
}

// PhoneStatus is how far registering a number is.
type PhoneStatus struct {
	Status string `json:"status" enum:"code-sent,registered"`
	Phone  string `json:"phone" doc:"Masked"`
}

// WeChat is the WeChat account of a member of staff, of which nothing is shown but that it is there.
type WeChat struct {
	Bound   bool      `json:"bound"`
	BoundAt time.Time `json:"bound_at,omitzero"`
	SignsIn bool      `json:"signs_in" doc:"Its owner can sign in to the console by it: they confirmed it there, after the second factor"`
}

// NoticeKind is a kind of what may wait for a member of staff, and whether they are told of it by WeChat.
type NoticeKind struct {
	Kind    string `json:"kind"`
	Label   string `json:"label" doc:"In Chinese"`
	Hint    string `json:"hint" doc:"In Chinese: what belongs to it"`
	Wanted  bool   `json:"wanted"`
	AtNight bool   `json:"at_night" doc:"It is told between 20:00 and 08:00, too"`
}

// ChooseNotices is the body of PUT /me/notices.
type ChooseNotices struct {
	Wanted []string `json:"wanted" maxItems:"20" nullable:"false" doc:"The kinds to be told of; none but these"`
}

// WeChatCode is a code that binds the WeChat account that scans it.
type WeChatCode struct {
	Text  string    `json:"text" doc:"What the QR code holds: draw it"`
	Until time.Time `json:"until" doc:"Until when it can be scanned, and answered in the chat"`
}

// ConfirmWeChat is the body of POST /me/wechat/confirm.
type ConfirmWeChat struct {
	Number string `json:"number" maxLength:"16" doc:"The two digits that the account was told when it was bound"`
}

// ConfirmPhone is the body of POST /me/phone/confirm.
type ConfirmPhone struct {
	Code string `json:"code" maxLength:"16" doc:"The code that was sent to the number"`
}

// Person is a member of staff.
type Person struct {
	ID            string    `json:"id"`
	Name          string    `json:"name"`
	Role          string    `json:"role"`
	Committee     string    `json:"committee,omitempty" doc:"The committee's code, of role committee"`
	CommitteeName string    `json:"committee_name,omitempty"`
	Phone         string    `json:"phone,omitempty" doc:"Their own number, registered and masked"`
	CreatedAt     time.Time `json:"created_at"`
	DisabledAt    time.Time `json:"disabled_at,omitzero"`
	LastSignInAt  time.Time `json:"last_sign_in_at,omitzero" doc:"In lists of staff"`
}

// Session is a browser in which somebody is signed in. Its token is nowhere but there.
type Session struct {
	ID        string    `json:"id"`
	Browser   string    `json:"browser" doc:"In words"`
	Address   string    `json:"address" doc:"From where they signed in"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at" doc:"Its last request, to the minute"`
	EndsAt    time.Time `json:"ends_at" doc:"At the latest"`
	InUse     bool      `json:"in_use,omitempty" doc:"It is the one of this request"`
}

// Key is a bearer key, without its secret.
type Key struct {
	ID         string    `json:"id" doc:"The key's public part"`
	Person     string    `json:"person" doc:"Staff id"`
	PersonName string    `json:"person_name,omitempty"`
	Name       string    `json:"name,omitempty" doc:"What its owner calls it"`
	CreatedAt  time.Time `json:"created_at"`
	ExpiresAt  time.Time `json:"expires_at" doc:"The key is valid until then"`
	RevokedAt  time.Time `json:"revoked_at,omitzero"`
	LastUsedAt time.Time `json:"last_used_at,omitzero" doc:"To the hour"`
	InUse      bool      `json:"in_use,omitempty" doc:"It is the key of this request"`
}

// Me is whose key it is.
type Me struct {
	Staff  Person   `json:"staff"`
	Rights []string `json:"rights" nullable:"false"`
}

// AddStaff is the body of POST /staff.
type AddStaff struct {
	ID        string `json:"id" doc:"2 to 32 of a-z, 0-9, - and _; never given to another person"`
	Name      string `json:"name" doc:"As colleagues know them"`
	Role      string `json:"role" enum:"author,approver,committee,auditor,admin"`
	Committee string `json:"committee,omitempty" maxLength:"64" doc:"The committee's code or name, for role committee and only then"`
}

// ChangeStaff is the body of PATCH /staff/{id}: what is left out stays.
type ChangeStaff struct {
	Name      *string `json:"name,omitempty" doc:"As colleagues know them"`
	Role      *string `json:"role,omitempty" enum:"author,approver,committee,auditor,admin" doc:"Another role, or another committee, ends the person's keys and open invitations: invite them anew. A role other than committee takes the committee away"`
	Committee *string `json:"committee,omitempty" maxLength:"64" doc:"The committee's code or name, for role committee and only then"`
}
