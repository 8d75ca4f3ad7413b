package api

import (
	"context"

	"towncrier/api/wire"
	"towncrier/staff"
)

// settingsHandler shows the settings in force, and how what the server rests on stands. Secrets are masked by inForce.
type settingsHandler struct {
	inForce func() wire.Settings
	checks  func(context.Context) []wire.Check
}

// register shows everybody with a key the settings that broadcasts depend on: authors and approvers have to know window, cap, price and sign.
// All other settings describe the server. Only admins and auditors see them, so that a stolen key of an author does not reveal them.
func (h settingsHandler) register(g *gate) {
	add(g, get("/settings", "get-settings", "Show every setting in force, secrets masked", staff.ReadSettings), h.all)
	add(g, get("/checks", "list-checks", "List how what the server rests on stands", staff.ReadSettings), h.standing)
	add(g, get("/settings/city", "get-city-settings", "Show what the city's broadcasts go by: window, frequency cap, price and sign of texts", anyStaff).impersonal(), h.city)
}

func (h settingsHandler) all(context.Context, staff.Person, *Nothing) (*reply[wire.Settings], error) {
	return &reply[wire.Settings]{h.inForce()}, nil
}

func (h settingsHandler) city(context.Context, staff.Person, *Nothing) (*reply[wire.CitySettings], error) {
	return &reply[wire.CitySettings]{h.inForce().City}, nil
}

func (h settingsHandler) standing(ctx context.Context, _ staff.Person, _ *Nothing) (*reply[wire.Page[wire.Check]], error) {
	return &reply[wire.Page[wire.Check]]{wire.Page[wire.Check]{Items: h.checks(ctx)}}, nil
}
