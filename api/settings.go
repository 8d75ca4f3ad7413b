package api

import (
	"context"

	"towncrier/api/wire"
	"towncrier/staff"
)

// settingsHandler shows the settings in force. Secrets are masked by inForce.
type settingsHandler struct{ inForce func() wire.Settings }

// register shows everybody with a key the settings that broadcasts depend on: authors and approvers have to know window, cap, price and sign.
// All other settings describe the server. Only admins and auditors see them, so that a stolen key of an author does not reveal them.
func (h settingsHandler) register(g *gate) {
	add(g, get("/settings", "get-settings", "Show every setting in force, secrets masked", staff.ReadSettings), h.all)
	add(g, get("/settings/city", "get-city-settings", "Show what the city's broadcasts go by: window, frequency cap, price and sign of texts", anyStaff).impersonal(), h.city)
}

func (h settingsHandler) all(context.Context, staff.Person, *Nothing) (*reply[wire.Settings], error) {
	return &reply[wire.Settings]{h.inForce()}, nil
}

func (h settingsHandler) city(context.Context, staff.Person, *Nothing) (*reply[wire.CitySettings], error) {
	return &reply[wire.CitySettings]{h.inForce().City}, nil
}
