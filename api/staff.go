package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/staff"
)

type personView struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	Role       string    `json:"role"`
	Committee  string    `json:"committee,omitempty" doc:"The committee's code, of role committee"`
	Phone      string    `json:"phone,omitempty" doc:"Their own number, registered and masked"`
	CreatedAt  time.Time `json:"created_at"`
	DisabledAt time.Time `json:"disabled_at,omitzero"`
}

func viewPerson(p staff.Person) personView {
	return personView{p.ID, p.Name, string(p.Role), p.Committee, p.Phone.Masked(), p.CreatedAt, p.DisabledAt}
}

type keyView struct {
	ID         string    `json:"id" doc:"The key's public part"`
	CreatedAt  time.Time `json:"created_at"`
	ExpiresAt  time.Time `json:"expires_at" doc:"It opens before"`
	RevokedAt  time.Time `json:"revoked_at,omitzero"`
	LastUsedAt time.Time `json:"last_used_at,omitzero" doc:"To the hour"`
	Setup      bool      `json:"setup,omitempty" doc:"Made on the machine while the city was set up; it ends when the second admin has activated a key"`
}

func viewKey(k staff.Key) keyView {
	return keyView{k.ID, k.CreatedAt, k.ExpiresAt, k.RevokedAt, k.LastUsedAt, k.Setup}
}

type meView struct {
	Staff  personView    `json:"staff"`
	Rights []staff.Right `json:"rights" nullable:"false"`
}

// rightsOf lists what a role may do here.
func (a *server) rightsOf(role staff.Role) []staff.Right {
	may := []staff.Right{}
	for _, right := range a.rights {
		if role.May(right) && !slices.Contains(may, right) {
			may = append(may, right)
		}
	}
	return may
}

func (a *server) me(_ context.Context, who staff.Person, _ *nothing) (*reply[meView], error) {
	return &reply[meView]{meView{viewPerson(who), a.rightsOf(who.Role)}}, nil
}

func (a *server) listStaff(ctx context.Context, _ staff.Person, _ *nothing) (*reply[page[personView]], error) {
	all, err := a.Staff.List(ctx)
	if err != nil {
		return nil, err
	}
	return &reply[page[personView]]{page[personView]{Items: each(all, viewPerson)}}, nil
}

type addStaffInput struct {
	Body struct {
		ID        string `json:"id" doc:"2 to 32 of a-z, 0-9, - and _; never given again"`
		Name      string `json:"name" doc:"As colleagues know them"`
		Role      string `json:"role" enum:"author,approver,committee,auditor,admin"`
		Committee string `json:"committee,omitempty" doc:"The committee's code, for role committee and only then"`
	}
}

func (a *server) addStaff(ctx context.Context, who staff.Person, in *addStaffInput) (*created[personView], error) {
	b := in.Body
	p, err := a.Staff.Add(ctx, audit.Staff(who.ID), staff.Person{ID: b.ID, Name: b.Name, Role: staff.Role(b.Role), Committee: b.Committee})
	if err != nil {
		return nil, err
	}
	return &created[personView]{wire.Prefix + "/staff/" + p.ID, viewPerson(p)}, nil
}

type personInput struct {
	ID string `path:"id" maxLength:"32"`
}

func (a *server) disableStaff(ctx context.Context, who staff.Person, in *personInput) (*reply[personView], error) {
	if err := a.Staff.Disable(ctx, audit.Staff(who.ID), in.ID); err != nil {
		return nil, err
	}
	return a.person(ctx, in.ID)
}

func (a *server) enableStaff(ctx context.Context, who staff.Person, in *personInput) (*reply[personView], error) {
	err := a.Staff.Enable(ctx, audit.Staff(who.ID), in.ID)
	if errors.Is(err, staff.ErrNoCommittee) {
		return nil, refuse(http.StatusConflict, "no-committee", "their committee was deleted: add it again first",
			faultAt("path.id", "belongs to a committee that is gone"))
	}
	if err != nil {
		return nil, err
	}
	return a.person(ctx, in.ID)
}

func (a *server) person(ctx context.Context, id string) (*reply[personView], error) {
	p, err := a.Staff.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	return &reply[personView]{viewPerson(p)}, nil
}

func (a *server) listKeys(ctx context.Context, _ staff.Person, in *personInput) (*reply[page[keyView]], error) {
	keys, err := a.Staff.Keys(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &reply[page[keyView]]{page[keyView]{Items: each(keys, viewKey)}}, nil
}

type keyInput struct {
	ID  string `path:"id" maxLength:"32"`
	Key string `path:"key" maxLength:"32"`
}

func (a *server) revokeKey(ctx context.Context, who staff.Person, in *keyInput) (*nothing, error) {
	keys, err := a.Staff.Keys(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		if k.ID == in.Key {
			return nil, a.Staff.Revoke(ctx, audit.Staff(who.ID), k.ID)
		}
	}
	return nil, errAbsent
}
