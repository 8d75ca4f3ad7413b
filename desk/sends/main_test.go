package sends_test

import (
	"fmt"
	"os"
	"testing"

	"towncrier/desk/desktest"
)

func TestMain(m *testing.M) {
	if at := os.Getenv(mortal); at != "" {
		fmt.Fprintln(os.Stderr, serve(at))
		os.Exit(1)
	}
	desktest.Main(m)
}
