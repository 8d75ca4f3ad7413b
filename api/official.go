package api

import (
	"towncrier/broadcast"
	"towncrier/staff"
)

// official is the caller as broadcasts know them.
func official(caller staff.Person) broadcast.Official {
	by := broadcast.Official{ID: caller.ID, Emergency: caller.Role.May(staff.SendEmergency), Residents: caller.Role.May(staff.ReadResidents)}
	if caller.Role.NeedsOwnCommittee() {
		by.Committee = caller.Committee
		if by.Committee == "" {
			by.Committee = " " // no committee's code has a blank: they see nothing
		}
	}
	return by
}
