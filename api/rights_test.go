package api_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"towncrier/audit"
	"towncrier/staff"
)

// may is who may do what, written out by hand: author, approver, committee, auditor, admin.
var may = map[string]string{
	"get-me":            "yes yes yes yes yes",
	"list-my-keys":      "yes yes yes yes yes",
	"list-my-sessions":  "yes yes yes yes yes",
	"get-my-notices":    "yes yes yes yes yes",
	"choose-my-notices": "yes yes yes yes yes",
	"get-my-wechat":     "yes yes yes yes yes",
	"bind-my-wechat":    "yes yes yes yes yes",
	"confirm-my-wechat": "yes yes yes yes yes",
	"unbind-my-wechat":  "yes yes yes yes yes",
	"end-my-session":    "yes yes yes yes yes",
	"list-my-tasks":     "yes yes yes yes yes",
	"register-phone":    "yes yes yes yes yes",
	"confirm-phone":     "yes yes yes yes yes",

	"list-residents":   "no no yes yes yes",
	"create-resident":  "no no yes no yes",
	"search-residents": "no no yes yes yes",
	"get-resident":     "no no yes yes yes",
	"change-resident":  "no no yes no yes",
	"erase-resident":   "no no no no yes",
	"set-preference":   "no no yes no yes",
	"list-texts":       "no no yes yes yes",
	"get-stats":        "no no yes yes yes",

	"export-residents-csv":   "no no yes yes yes",
	"export-residents-xlsx":  "no no yes yes yes",
	"get-stats-by-committee": "no no yes yes yes",

	"upload-import":       "no no yes no yes",
	"list-imports":        "no no yes no yes",
	"get-import":          "no no yes no yes",
	"list-import-faults":  "no no yes no yes",
	"list-import-rows":    "no no yes no yes",
	"mend-import":         "no no yes no yes",
	"get-import-bad-rows": "no no yes no yes",
	"start-import":        "no no yes no yes",
	"delete-import":       "no no yes no yes",

	"list-committees":        "yes yes yes yes yes",
	"export-committees-csv":  "yes yes yes yes yes",
	"export-committees-xlsx": "yes yes yes yes yes",
	"get-committee":          "yes yes yes yes yes",
	"put-committee":          "no no no no yes",
	"delete-committee":       "no no no no yes",

	"list-staff":    "no no no yes yes",
	"add-staff":     "no no no no yes",
	"disable-staff": "no no no no yes",
	"enable-staff":  "no no no no yes",
	"list-keys":     "no no no yes yes",
	"list-all-keys": "no no no yes yes",
	"change-staff":  "no no no no yes",

	"invite-staff":        "no no no no yes",
	"list-invitations":    "no no no yes yes",
	"confirm-invitation":  "no no no no yes",
	"withdraw-invitation": "no no no no yes",
	"list-sessions":       "no no no yes yes",
	"end-session":         "no no no no yes",
	"revoke-key":          "no no no no yes",

	"list-audit":     "no no no yes yes",
	"list-audit-csv": "no no no yes yes",
	"verify-audit":   "no no no yes yes",

	"get-settings":      "no no no yes yes",
	"list-checks":       "no no no yes yes",
	"get-city-settings": "yes yes yes yes yes",

	"list-alarms":       "no no no yes yes",
	"acknowledge-alarm": "no no no no yes",
	"list-feedback":     "yes yes yes yes yes",
	"give-feedback":     "yes yes yes yes yes",
	"answer-feedback":   "no no no no yes",

	"list-stops":   "no no no yes yes",
	"ask-undo":     "no no no no yes",
	"get-undo":     "no no no yes yes",
	"confirm-undo": "no no no no yes",

	"list-exports":   "no no no yes yes",
	"ask-export":     "no no no no yes",
	"fetch-export":   "no no no no yes",
	"get-export":     "no no no yes yes",
	"confirm-export": "no no no no yes",

	"list-tickets":  "yes yes no yes no",
	"count-tickets": "yes yes no yes no",
	"get-ticket":    "yes yes no yes no",
	"answer-ticket": "yes no no no no",
	"close-ticket":  "yes no no no no",
	"stop-sender":   "yes no no no no",

	"list-ticket-groups": "yes yes no yes no",
	"get-ticket-work":    "yes yes no yes no",
	"suggest-answers":    "yes yes no yes no",
	"hold-ticket":        "yes no no no no",
	"hand-ticket":        "yes no no no no",
	"note-ticket":        "yes no no no no",
	"separate-tickets":   "yes no no no no",
	"reopen-ticket":      "yes no no no no",

	"list-questions":       "yes yes no yes no",
	"list-questions-csv":   "yes yes no yes no",
	"leave-questions":      "yes no no no no",
	"answer-questions":     "yes no no no no",
	"make-standard-answer": "yes no no no no",

	"approve-answer": "yes yes no no no",

	"list-broadcasts":      "yes yes yes yes yes",
	"list-broadcast-texts": "yes yes yes yes yes",

	"get-broadcast-signed":     "yes yes yes yes yes",
	"list-broadcast-revisions": "yes yes yes yes yes",
	"get-broadcast-difference": "yes yes yes yes yes",
	"list-broadcast-approvers": "yes yes yes yes yes",
	"get-series-signed":        "yes yes yes yes yes",
	"list-series-revisions":    "yes yes yes yes yes",
	"get-series-difference":    "yes yes yes yes yes",
	"list-series-approvers":    "yes yes yes yes yes",

	"list-broadcast-tests": "yes yes yes yes yes",
	"count-broadcasts":     "yes yes yes yes yes",
	"delete-broadcast":     "yes no yes no no",
	"create-broadcast":     "yes no yes no no",
	"copy-broadcast":       "yes no yes no no",
	"get-broadcast":        "yes yes yes yes yes",
	"change-broadcast":     "yes no yes no no",
	"preview-broadcast":    "yes yes yes yes yes",
	"preview-proposal":     "yes no yes no no",
	"test-broadcast":       "yes no yes no no",
	"submit-broadcast":     "yes no yes no no",
	"approve-broadcast":    "no yes no no no",
	"reject-broadcast":     "no yes no no no",
	"schedule-broadcast":   "yes yes yes no no",
	"confirm-broadcast":    "no yes no no no",
	"pause-broadcast":      "yes yes yes no no",
	"resume-broadcast":     "yes yes yes no no",
	"cancel-broadcast":     "yes yes yes no no",
	"resend-broadcast":     "yes yes yes no no",
	"fallback-broadcast":   "yes yes yes no no",
	"report-broadcast":     "yes yes yes yes yes",
	"progress-broadcast":   "yes yes yes yes yes",
	"reach-broadcast":      "yes yes yes yes yes",
	"list-arrivals":        "yes yes yes yes yes",
	"list-deliveries":      "yes yes yes yes yes",

	"report-broadcast-csv": "yes yes yes yes yes",
	"reach-broadcast-csv":  "yes yes yes yes yes",
	"list-deliveries-csv":  "yes yes yes yes yes",

	"report-broadcast-xlsx": "yes yes yes yes yes",
	"reach-broadcast-xlsx":  "yes yes yes yes yes",
	"list-deliveries-xlsx":  "yes yes yes yes yes",

	"list-series":      "yes yes yes yes yes",
	"create-series":    "yes no yes no no",
	"preview-schedule": "yes no yes no no",
	"get-series":       "yes yes yes yes yes",
	"change-series":    "yes no yes no no",
	"approve-series":   "no yes no no no",
	"reject-series":    "no yes no no no",
	"stop-series":      "yes yes yes no no",

	"list-lists":  "yes yes yes yes yes",
	"create-list": "yes no yes no no",
	"get-list":    "yes yes yes yes yes",
	"add-numbers": "yes no yes no no",
	"delete-list": "yes no yes no no",

	"list-facets":       "yes yes yes yes yes",
	"estimate-audience": "yes no yes no no",

	"list-drafts":    "yes yes yes yes yes",
	"list-templates": "yes yes yes yes yes",

	"get-content":          "yes yes yes yes yes",
	"list-revisions":       "yes yes yes yes yes",
	"get-revision":         "yes yes yes yes yes",
	"list-revision-files":  "yes yes yes yes yes",
	"get-revision-file":    "yes yes yes yes yes",
	"get-revision-archive": "yes yes yes yes yes",
	"list-notices":         "yes yes yes yes yes",
	"get-notice":           "yes yes yes yes yes",
	"preview-withdrawal":   "yes yes yes yes yes",
	"withdraw-notice":      "yes yes no no no",
	"reinstate-notice":     "yes yes no no no",

	"list-content-drafts":      "yes yes yes yes yes",
	"get-content-draft":        "yes yes yes yes yes",
	"list-content-changes":     "yes yes yes yes yes",
	"list-content-differences": "yes yes yes yes yes",
	"ask-content-draft":        "yes yes yes yes yes",
	"list-content-stops":       "yes yes yes yes yes",
	"get-content-file":         "yes yes yes yes yes",
	"list-content-kinds":       "yes yes yes yes yes",
	"list-revision-parts":      "yes yes yes yes yes",
	"list-content-parts":       "yes yes yes yes yes",
	"get-content-part":         "yes yes yes yes yes",
	"create-content-draft":     "yes no no no no",
	"put-content-part":         "yes no no no no",
	"remove-content-part":      "yes no no no no",
	"propose-content":          "yes no no no no",
	"propose-utterances":       "yes no no no no",
	"import-content":           "yes no no no no",
	"roll-back-content":        "yes no no no no",
	"put-content-file":         "yes no no no no",
	"get-content-table":        "yes yes yes yes yes",
	"put-content-table":        "yes no no no no",
	"get-revision-table":       "yes yes yes yes yes",
	"hand-in-content-table":    "no no yes no no",
	"remove-content-file":      "yes no no no no",
	"rebase-content-draft":     "yes no no no no",
	"submit-content-draft":     "yes no no no no",
	"drop-content-draft":       "yes no no no no",
	"return-content-draft":     "no yes no no no",
	"list-emergency-templates": "yes yes no yes yes",
	"list-emergencies":         "yes yes no yes yes",
	"get-emergency":            "yes yes no yes yes",
	"preview-emergency-end":    "yes yes no yes yes",
	"preview-emergency":        "yes no no no no",
	"declare-emergency":        "yes no no no no",
	"approve-emergency":        "no yes no no no",
	"pause-emergency":          "no yes no no no",
	"resume-emergency":         "no yes no no no",
	"end-emergency":            "yes yes no no no",
	"drop-emergency":           "yes yes no no no",
	"publish-content-draft":    "no yes no no no",
}

// described is what the tests read of the OpenAPI document.
type described struct {
	OpenAPI string
	Paths   map[string]map[string]struct {
		OperationID string
		Summary     string
		Security    []map[string][]string
		Parameters  []struct{ Name, In string }
		RequestBody any
		Responses   map[string]struct{ Content map[string]any }
		Right       string `json:"x-right"`
	}
	Components struct {
		Schemas         map[string]map[string]any
		SecuritySchemes map[string]map[string]any
	}
}

func document(r *fixture) (d described) {
	r.t.Helper()
	if err := json.Unmarshal([]byte(r.as("", "GET", "/openapi.json", "").body), &d); err != nil {
		r.t.Fatal(err)
	}
	return d
}

// unmade is what the tests below have none of to read: an emergency that is out, for one.
var unmade = []string{"/exports/{id}", "/stops/undo/{id}", "/emergencies/{id}/end"}

// TestRights tries every role on every operation that the OpenAPI document has; one that reads a thing, on a thing that is there.
func TestRights(t *testing.T) {
	each(t, func(r *fixture) {
		existing := r.things()
		resident, ticket := r.resident(1, here).ID, r.ticket("")
		fill := strings.NewReplacer("{number}", ticket, "{code}", there, "{key}", "nokey", "{invitation}", "none")
		seen := map[string]bool{}
		gone := r.hire(staff.Person{ID: "gone", Name: "离职", Role: staff.Admin})
		if err := r.staff.Disable(t.Context(), audit.Local("test"), "gone", true); err != nil {
			t.Fatal(err)
		}
		for path, methods := range document(r).Paths {
			for method, op := range methods {
				seen[op.OperationID] = true
				if len(op.Security) == 0 {
					if op.OperationID != "activate" {
						t.Errorf("%s takes no key", op.OperationID)
					}
					continue
				}
				row := strings.Fields(may[op.OperationID])
				if len(row) != len(roles) {
					t.Errorf("%s has no row in the matrix", op.OperationID)
					continue
				}
				id := "nobody"
				switch {
				case strings.HasPrefix(path, "/residents"):
					id = resident
				case strings.HasPrefix(op.Right, "broadcasts."):
					id = strings.ToUpper(path[1:2]) + strings.Repeat("A", 10) // of none
				}
				if op.OperationID == "erase-resident" {
					id = strings.Repeat("0", 32)
				}
				at := strings.ReplaceAll(fill.Replace(path), "{id}", id)
				reads := method == "get" && strings.Contains(path, "{") && !slices.ContainsFunc(unmade, func(p string) bool { return strings.HasPrefix(path, p) })
				if reads {
					at = existing(path)
				}
				with := "?"
				if strings.HasSuffix(path, "/file") {
					at, with = at+"?path=notices/L1.md", "&"
				}
				shown := false
				for i, role := range roles {
					got := r.do(role, strings.ToUpper(method), at, "")
					if row[i] == "no" {
						got.problem(http.StatusForbidden, "right")
						// Before anything is read, or done.
						r.do(role, strings.ToUpper(method), at+with+"nosuch=%FF", "{").problem(http.StatusForbidden, "right")
					} else if got.status == http.StatusForbidden || got.status == http.StatusUnauthorized || got.status >= 500 {
						t.Errorf("%s as %s: %d %s, want it to be allowed", op.OperationID, role, got.status, got.body)
					} else if shown = shown || got.status == http.StatusOK; reads && got.status != http.StatusOK && got.status != http.StatusNotFound { // to some it is another's
						t.Errorf("%s as %s: %d %s, want the thing", op.OperationID, role, got.status, got.body)
					}
				}
				if reads && !shown {
					t.Errorf("%s: nobody is shown %s", op.OperationID, at)
				}
				r.as("", strings.ToUpper(method), at, "").problem(http.StatusUnauthorized, "key")
				r.redis.FlushAll(t.Context()) // wrong keys have a limit
				r.as(gone, strings.ToUpper(method), at, "").problem(http.StatusUnauthorized, "key")
			}
		}
		for id := range may {
			if !seen[id] {
				t.Errorf("%s is in the matrix, and is no operation", id)
			}
		}
	})
}

func TestMe(t *testing.T) {
	r := lite(t)
	all := r.do(staff.Committee, "GET", "/me", "").is(200)
	me := all["staff"].(map[string]any)
	if me["id"] != "committee-1" || me["committee"] != here || me["role"] != "committee" {
		t.Errorf("me: %v", me)
	}
	var rights []string
	for _, right := range all["rights"].([]any) {
		rights = append(rights, right.(string))
	}
	if want := []string{"residents.read", "residents.write", "committees.read", "content.read", "content.rows", "broadcasts.read", "broadcasts.write",
		"broadcasts.schedule"}; !slices.Equal(rights, want) {
		t.Errorf("rights %v, want %v", rights, want)
	}
}
