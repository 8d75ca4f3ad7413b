package sends_test

import (
	"testing"

	"towncrier/desk/desktest"
)

func TestMain(m *testing.M) { desktest.Main(m) }
