package wire

// Draft is a broadcast that the city keeps prepared.
type Draft struct {
	ID       string   `json:"id"`
	Proposal Proposal `json:"proposal" doc:"Content of a broadcast that is made of it"`
}

// Template is a form that a platform approved for the city.
type Template struct {
	ID      string             `json:"id"`
	Channel string             `json:"channel" enum:"subscription,template,sms"`
	Title   string             `json:"title" doc:"Title on the platform"`
	Text    string             `json:"text,omitempty" doc:"Of an SMS, with ${name} where a variable stands"`
	Vars    []TemplateVariable `json:"vars" nullable:"false"`
}

// TemplateVariable is what a template leaves open.
type TemplateVariable struct {
	Name   string   `json:"name"`
	Label  string   `json:"label" doc:"What it means"`
	Type   string   `json:"type" doc:"Type of the variable, which limits its values on the platform"`
	Values []string `json:"values,omitempty" nullable:"false" doc:"Allowed values"`
	Most   int      `json:"most,omitempty" doc:"Characters that a value has at most; absent where its form bounds them"`
	Form   string   `json:"form,omitempty" doc:"How a value is written, in Chinese; absent for any text" example:"只能是数字"`
}
