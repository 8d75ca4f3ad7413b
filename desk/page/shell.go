package page

// Shell is what stands around every page. layout.html shows it.
type Shell struct {
	Title     string
	City      string // as residents know it
	Rehearsal bool   // nothing here is real
	Person    Who    // zero before sign-in
	Nav       []NavItem
	Crumbs    []Crumb // where this page is, without itself
	Notice    string  // what was just done
	Warning   string  // what stands on every page until somebody mends it
	Version   string
	Data      any // the page's own struct, given to its "main"
}

// Who is the person that a page is made for.
type Who struct {
	Name      string
	RoleLabel string
}

// NavItem is an entry of the navigation.
type NavItem struct {
	Label   string
	Path    string
	Current bool
	Count   int // of what waits there; 0 is not shown
}

// Crumb is a page above this one.
type Crumb struct{ Label, Path string }

// Page is a page to show.
type Page struct {
	Title  string
	Name   string // of the template, as area/name
	Nav    string // path of the entry that it belongs to, such as /desk/sends
	Crumbs []Crumb
	Data   any
	// Fields names the form's field that a place of an operation's input stands in, where that is not the place's last part:
	// "body.proposal.send_at": "date".
	Fields map[string]string
}
