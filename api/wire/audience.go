package wire

import "time"

// Facets are what an audience can be chosen by.
type Facets struct {
	CountedAt      time.Time    `json:"counted_at,omitzero" doc:"A count serves for a minute; absent with soon until there is one"`
	Counting       bool         `json:"counting,omitempty" doc:"They are being counted anew: ask again"`
	Residents      *int         `json:"residents" doc:"Residents within your reach, to the ten; null below ten"`
	ResidentsLabel string       `json:"residents_label" doc:"In Chinese" example:"约1240人"`
	Groups         []FacetGroup `json:"groups" nullable:"false"`
}

// WriteNext writes where each group goes on as clients read it.
func (f *Facets) WriteNext(cursor func(place string) string) {
	for i, g := range f.Groups {
		f.Groups[i].Next = cursor(g.Next)
	}
}

// FacetGroup are the facets of one kind.
type FacetGroup struct {
	Kind  string  `json:"kind" enum:"area,street,committee,community,tag,topic" doc:"The condition of a rule that takes these values"`
	Label string  `json:"label" doc:"In Chinese"`
	Items []Facet `json:"items" nullable:"false" doc:"Sorted by value"`
	Next  string  `json:"next,omitempty" doc:"Give it back as after, with kind, to go on; absent at the end"`
}

// Facet is a value by which an audience can be chosen.
type Facet struct {
	Value  string `json:"value" doc:"As a rule takes it: a code of a committee, an id of a topic, else a name"`
	Name   string `json:"name" doc:"What people call it, in Chinese"`
	N      *int   `json:"n" doc:"Residents whom it chooses, to the ten; null below ten"`
	NLabel string `json:"n_label" doc:"In Chinese" example:"约120人"`
}

// EstimateAudience is the body of POST /audience/estimate.
type EstimateAudience struct {
	Audience  Rule     `json:"audience"`
	Topic     string   `json:"topic" minLength:"1" maxLength:"64" doc:"Id or name of a topic of the city: residents choose by topic what they want"`
	Channels  []string `json:"channels" nullable:"false" minItems:"1" maxItems:"3" enum:"subscription,template,sms" doc:"For each resident the cheapest channel is tried first"`
	Template  string   `json:"template,omitempty" maxLength:"64" doc:"Id or title of the template of a subscription notification; may be left out where the city has one only"`
	Parts     int      `json:"parts,omitempty" minimum:"1" maximum:"20" doc:"Parts that one text is billed as; 1 when left out"`
	Emergency bool     `json:"emergency,omitempty" doc:"Ignores the frequency cap"`
	Committee string   `json:"committee,omitempty" maxLength:"64" doc:"Code or name of the committee that would send, to its own residents. A committee's own when a committee leaves it out"`
}
