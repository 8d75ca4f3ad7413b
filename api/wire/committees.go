package wire

// Committee is a community committee.
type Committee struct {
	Code        string   `json:"code"`
	Name        string   `json:"name"`
	Street      string   `json:"street,omitempty" doc:"The street office above it"`
	Area        string   `json:"area,omitempty" doc:"District or county"`
	Communities []string `json:"communities" nullable:"false" doc:"Names of the estates and compounds that it serves"`
}

// PutCommittee is the body of PUT /committees/{code}.
type PutCommittee struct {
	Name        string   `json:"name" minLength:"1" maxLength:"100"`
	Street      string   `json:"street,omitempty" maxLength:"100"`
	Area        string   `json:"area,omitempty" maxLength:"100"`
	Communities []string `json:"communities,omitempty" nullable:"false" maxItems:"500"`
}
