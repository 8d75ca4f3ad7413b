package app

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// TestInUse: what is in use is what a collection left, and without it as much is free again.
func TestInUse(t *testing.T) {
	const size = 64 << 20
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	runtime.GC()
	before := inUse()
	held := make([]byte, size)
	runtime.GC()
	if got := inUse() - before; got < size/2 {
		t.Errorf("%d bytes more in use, want about %d", got, size)
	}
	runtime.KeepAlive(held)
	runtime.GC()
	if got := inUse() - before; got > size/2 {
		t.Errorf("%d bytes more in use after they went", got)
	}
}
