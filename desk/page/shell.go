package page

// Page is a page to show.
type Page struct {
	Title  string
	Name   string // of the template, as area/name
	Nav    string // path of the section that it belongs to, such as /desk/sends
	Crumbs []Crumb
	Data   any
	// Refresh is after how many seconds a browser without scripts asks for the page again; 0 is never.
	Refresh int
	// Fields names the form's field that a place of an operation's input stands in, where that is not the place's last part:
	// "body.proposal.send_at": "date". "" is for refusals that name no place.
	Fields map[string]string
}
