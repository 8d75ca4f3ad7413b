package config

// Shown is a setting in force, as it may be shown.
type Shown struct {
	Setting
	Value string // masked
	From  string // a variable, a file, or "default"
}

// shown lists the settings as `towncrier config` prints them.
func (src Source) shown() (all []Shown) {
	for _, s := range Settings() {
		text, origin := src.Lookup(s)
		all = append(all, Shown{s, s.Masked(text), origin})
	}
	return all
}

// Note has a setting shown with a value that came from elsewhere: from a rehearsal, which makes up its own.
func (c *Config) Note(key, text, from string) {
	for i, s := range c.InForce {
		if s.Key == key {
			c.InForce[i].Value, c.InForce[i].From = s.Masked(text), from
		}
	}
}
