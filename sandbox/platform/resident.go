package platform

import (
	"errors"
	"fmt"
	"regexp"
)

// Resident is somebody with a phone.
type Resident struct {
	OpenID string `json:"openid"` // as WeChat would name them to this account
	Name   string `json:"name"`   // visibly synthetic
	About  string `json:"about"`
	Phone  string `json:"phone,omitempty"` // 11 digits, nobody else's; "" for none
	// Unreachable is what receipts of texts to them say, such as MOBILE_NOT_ON_SERVICE; "" when texts arrive.
	Unreachable string `json:"unreachable,omitempty"`

	Following   bool     `json:"-"`                     // from the beginning, without an event
	Agreed      []string `json:"-"`                     // ids of subscription templates, from the beginning
	Blacklisted bool     `json:"blacklisted,omitempty"` // by the account: template messages are refused with 43019
	Blocks      bool     `json:"blocks,omitempty"`      // turned notices off: accepted ones end as failed:user block
}

// DefaultResidents are four synthetic people.
func DefaultResidents() []Resident {
	return []Resident{
		{OpenID: "oSANDBOX-resident-jia-000001", Name: "居民甲", About: "家里养狗", Phone: "19900000001"},
		{OpenID: "oSANDBOX-resident-yi--000002", Name: "居民乙", About: "住老旧小区", Phone: "19900000002"},
		{OpenID: "oSANDBOX-resident-bing000003", Name: "居民丙", About: "骑电动车", Phone: "19900000003"},
		{OpenID: "oSANDBOX-resident-ding000004", Name: "居民丁", About: "照顾老人", Phone: "19900000004"},
	}
}

// SyntheticResidents are n people: those of DefaultResidents and, behind them, more of their kind. At most 9999, so that
// each has a number of 1990000xxxx.
func SyntheticResidents(n int) ([]Resident, error) {
	list := DefaultResidents()
	if n < 1 || n > 9999 {
		return nil, fmt.Errorf("%d residents: between 1 and 9999 can be made up", n)
	}
	for i := len(list) + 1; i <= n; i++ {
		list = append(list, Resident{
			OpenID: fmt.Sprintf("oSANDBOX-resident-%010d", i), Name: fmt.Sprintf("居民%d号", i), About: "演练用", Phone: fmt.Sprintf("1990000%04d", i),
		})
	}
	return list[:n], nil
}

// ErrUnknownResident is the error of an action of nobody.
var ErrUnknownResident = errors.New("no such resident")

// Residents are everybody in a sandbox. They never change.
type Residents struct {
	all      []Resident
	byOpenID map[string]Resident
	owners   map[string]string // openid by number
}

func newResidents(list []Resident) (*Residents, error) {
	if list == nil {
		list = DefaultResidents()
	}
	r := &Residents{all: list, byOpenID: map[string]Resident{}, owners: map[string]string{}}
	for _, one := range list {
		if _, taken := r.byOpenID[one.OpenID]; taken || one.OpenID == "" {
			return nil, fmt.Errorf("sandbox: resident %q has no openid of their own", one.Name)
		}
		r.byOpenID[one.OpenID] = one
		if one.Phone == "" {
			continue
		}
		if Number(one.Phone) != one.Phone || r.owners[one.Phone] != "" {
			return nil, fmt.Errorf("sandbox: resident %q has no number of their own, in 11 digits", one.Name)
		}
		r.owners[one.Phone] = one.OpenID
	}
	return r, nil
}

// All lists them in the order in which they were given. The caller does not change the list.
func (r *Residents) All() []Resident { return r.all }

// Find is the resident with an openid.
func (r *Residents) Find(openid string) (one Resident, known bool) {
	one, known = r.byOpenID[openid]
	return one, known
}

// Owner is the openid of a number's resident, "" for nobody's.
func (r *Residents) Owner(number string) string { return r.owners[number] }

// numberForm is what the platforms take, and its group gives the 11 digits.
var numberForm = regexp.MustCompile(`^(?:\+86|0086|86)?(1[3-9][0-9]{9})$`)

// Number reads a mobile number as a call may write it, and gives its 11 digits; "" for none that is valid.
func Number(s string) string {
	if isNumber(s) { // as nearly all are written, of which a broadcast has a hundred a call
		return s
	}
	if found := numberForm.FindStringSubmatch(s); found != nil {
		return found[1]
	}
	return ""
}

// isNumber says whether s is 11 digits that begin with 13 to 19.
func isNumber(s string) bool {
	if len(s) != 11 || s[0] != '1' || s[1] < '3' {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
