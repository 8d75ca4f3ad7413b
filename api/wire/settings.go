package wire

// CitySettings are what everybody who works for the city may know of the server: what their broadcasts go by.
type CitySettings struct {
	Name      string `json:"name" doc:"of the service, as residents see it"`
	Area      string `json:"area"`
	TimeZone  string `json:"time_zone"`
	Version   string `json:"version" doc:"of towncrier"`
	PublicURL string `json:"public_url,omitempty"`

	Window    string `json:"window" doc:"when a broadcast goes that names no other, such as 08:00-20:00"`
	Cap       int    `json:"cap" doc:"broadcasts that a resident gets in 7 days, emergencies not counted; 0 for no limit"`
	Tolerance int    `json:"tolerance_percent" doc:"by which the audience may differ from the approved one without a confirmation"`
	Overdue   int    `json:"overdue_minutes" doc:"how late a broadcast may begin without a confirmation"`

	SMS      bool   `json:"sms" doc:"whether texts can be sent"`
	SMSSign  string `json:"sms_sign,omitempty" doc:"in front of every text, without brackets"`
	SMSPrice int    `json:"sms_price_milliyuan" doc:"of a part of a text, in 1/1000 yuan"`

	Retention Retention `json:"retention"`
}

// Retention is for how many days what is not needed any more is kept; 0 is for ever but for Questions.
type Retention struct {
	Residents  int `json:"residents_days"`
	Broadcasts int `json:"broadcasts_days"`
	Tickets    int `json:"tickets_days"`
	Questions  int `json:"questions_days" doc:"of declined questions that were not filed, kept without who asked; 0 keeps none"`
	Audit      int `json:"audit_days"`
}

// Settings are all of those in force on the server that answers.
type Settings struct {
	City     CitySettings `json:"city"`
	Settings []Setting    `json:"settings"`
}

// Setting is one of them. Of a secret nothing is shown but that it is set; of a database's and a Redis's URL what is no secret.
type Setting struct {
	Key      string `json:"key"`
	Variable string `json:"variable"`
	Label    string `json:"label"`
	Set      bool   `json:"set" doc:"whether it has a value"`
	Secret   bool   `json:"secret"`
	Value    string `json:"value,omitempty"`
	From     string `json:"from" doc:"the variable or file that it comes from, or default"`
}
