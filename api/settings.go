package api

import (
	"context"

	"towncrier/api/wire"
	"towncrier/staff"
)

// settingsHandler shows the settings as whoever started the server hands them in, masked.
type settingsHandler struct{ inForce func() wire.Settings }

// register gives everybody with a key what broadcasts go by: who writes one has to know window, cap, price and sign, and who approves it
// too. The rest is how the machine is set up: of use to those who answer for it, and to nobody who holds a stolen key of an author.
func (h settingsHandler) register(g *gate) {
	add(g, get("/settings", "get-settings", "Show every setting in force, secrets masked", staff.ReadSettings), h.all)
	add(g, get("/settings/city", "get-city-settings", "Show what the city's broadcasts go by: window, frequency cap, price and sign of texts", anyStaff).impersonal(), h.city)
}

func (h settingsHandler) all(context.Context, staff.Person, *nothing) (*reply[wire.Settings], error) {
	return &reply[wire.Settings]{h.inForce()}, nil
}

func (h settingsHandler) city(context.Context, staff.Person, *nothing) (*reply[wire.CitySettings], error) {
	return &reply[wire.CitySettings]{h.inForce().City}, nil
}
