package config

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Unknown is a variable that looks like a setting and is none.
type Unknown struct {
	Name   string
	Meant  string // the setting whose misspelling it may be; "" for none
	advice string
}

func (u Unknown) String() string { return u.Name + " is no setting" + u.advice }

// The environment of who works through the API, beside the settings.
const (
	URLVariable = "TOWNCRIER_URL"
	KeyVariable = "TOWNCRIER_API_KEY"
)

// linked are the variables that Kubernetes and Docker inject beside a service called towncrier.
var linked = regexp.MustCompile(`^TOWNCRIER(_[A-Z0-9]+)*_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)$`)

// Unknown lists the variables that look like settings and are none. What is close to a setting's name is taken for its misspelling, and
// refused: the setting would silently have its default. Others are named in the log: something else may rest on them.
func (src Source) Unknown() []Unknown {
	known := knownVariables()
	var found []Unknown
	for _, name := range slices.Sorted(maps.Keys(src.env)) {
		injected := linked.MatchString(name) || name == "TOWNCRIER_PORT" && strings.Contains(src.env[name], "://")
		if known[name] || injected {
			continue
		}
		u := Unknown{Name: name, Meant: nearest(name, known)}
		if u.Meant != "" {
			u.advice = ": did you mean " + u.Meant + "?"
		}
		found = append(found, u)
	}
	return found
}

func knownVariables() map[string]bool {
	known := map[string]bool{"TOWNCRIER_CONFIG": true, URLVariable: true, KeyVariable: true, KeyVariable + FileSuffix: true}
	for _, s := range Settings() {
		known[s.Env()] = true
		if s.Secret {
			known[s.Env()+FileSuffix] = true
		}
	}
	return known
}

// nearest is the known name that another is most like: a letter or two differ, or one is the other with something left out at an end.
func nearest(name string, known map[string]bool) string {
	const prefix = "TOWNCRIER_"
	wrong := strings.TrimPrefix(name, prefix)
	type candidate struct {
		name      string
		rank, far int
	}
	var all []candidate
	for k := range known {
		right := strings.TrimPrefix(k, prefix)
		longer, shorter := wrong, right
		if len(longer) < len(shorter) {
			longer, shorter = shorter, longer
		}
		far := distance(wrong, right)
		switch {
		case far == 1:
			all = append(all, candidate{k, 1, far})
		case len(shorter) > 2 && (strings.HasPrefix(longer, shorter) || strings.HasSuffix(longer, "_"+shorter)):
			all = append(all, candidate{k, 2, far})
		case far <= len(shorter)/4: // of a short name nearly every letter may be another's
			all = append(all, candidate{k, 3, far})
		}
	}
	if len(all) == 0 {
		return ""
	}
	return slices.MinFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.far, b.far), cmp.Compare(a.name, b.name))
	}).name
}

// distance is how many letters must be put in, left out or changed to make a into b (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		above := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := above
			if a[i] != b[j] {
				change++
			}
			above = row[j+1]
			row[j+1] = min(change, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
