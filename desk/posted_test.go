package desk_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"towncrier/desk/desktest"
)

// TestFilesGoWhereFilesAreTaken: a form of the kind that carries files is read by the pages that take one. Every other page refuses it, since
// neither its nonce nor its length was looked at.
func TestFilesGoWhereFilesAreTaken(t *testing.T) {
	d := desktest.SharedDesk(t)
	b := d.As(t, "admin")
	header := http.Header{"Sec-Fetch-Site": {"same-origin"}, "Content-Type": {"multipart/form-data; boundary=x"}}
	files := 0
	for _, route := range d.App.Desk().Routes {
		method, pattern, _ := strings.Cut(route.Pattern, " ")
		if method != http.MethodPost {
			continue
		}
		if route.File {
			files++
			continue
		}
		path := strings.NewReplacer("{", "", "}", "", "$", "", "...", "").Replace(pattern)
		if resp, text := b.Send(http.MethodPost, path, header, nil); resp.StatusCode != http.StatusBadRequest || !strings.Contains(text, "表单不完整") {
			t.Errorf("%s with files: %d", route.Pattern, resp.StatusCode)
		}
	}
	if files == 0 {
		t.Error("no page takes a file")
	}
}

// TestSecretsAreNotKept: of what is posted after the session's end secrets wait on no page to be posted again.
func TestSecretsAreNotKept(t *testing.T) {
	b := desktest.Browse(t, desktest.SharedDesk(t).URL)
	const secret = "seven-herons-at-the-old-weir"
	form := url.Values{"nonce": {"n"}, "text": {"没有写完"}}
	for _, name := range []string{"present", "passphrase", "passphrase_again", "code", "app_code", "sms_code", "secret"} {
		form.Set(name, secret)
	}
	header := http.Header{"Sec-Fetch-Site": {"same-origin"}}
	resp, text := b.Send(http.MethodPost, "/desk/me/passphrase", header, form)
	if resp.StatusCode != http.StatusUnauthorized || strings.Contains(text, secret) {
		t.Errorf("%d: secrets stand on the sign-in page", resp.StatusCode)
	}
	if !strings.Contains(text, url.QueryEscape("没有写完")) {
		t.Error("what is no secret is lost")
	}
}

// TestAnAppsSecretIsDrawnHere: a page that asks for a new app draws a secret in the place of what is none, and fails of none.
func TestAnAppsSecretIsDrawnHere(t *testing.T) {
	b := desktest.SharedDesk(t).As(t, "auditor")
	for _, secret := range []string{"", "<b>", strings.Repeat("A", 5000)} {
		form := url.Values{"nonce": {"n"}, "secret": {secret}, "present": {"x"}, "code": {"1"}, "app_code": {"1"}}
		b.Post("/desk/me/app", form).Want(http.StatusUnprocessableEntity).Sees("密钥不完整").Lacks("AAAA AAAA AAAA AAAA AAAA AAAA AAAA AAAA AAAA")
	}
}
