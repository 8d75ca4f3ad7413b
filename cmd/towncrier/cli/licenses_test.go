package cli

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"
)

// TestLicenses prints what make build gathered, and says so when it did not.
func TestLicenses(t *testing.T) {
	var out bytes.Buffer
	if err := printLicenses(&out, fstest.MapFS{"notices/NOTICES.txt": {Data: []byte("example.org/x v1 MIT\n")}}); err != nil || out.String() != "example.org/x v1 MIT\n" {
		t.Errorf("%v: %s", err, &out)
	}
	if err := printLicenses(&out, fstest.MapFS{"notices/.gitignore": {}}); err == nil || !strings.Contains(err.Error(), "make build") {
		t.Errorf("built without make: %v", err)
	}
	code, printed, errs := command(t, nil, "", "licenses")
	if gatheredNow := code == 0 && strings.Contains(printed, "spf13/cobra"); !gatheredNow && !strings.Contains(errs, "make build") {
		t.Errorf("exit %d: %.200s%s", code, printed, errs)
	}
}
