package app

import (
	"syscall"
	"testing"
)

// TestMemoryIsHidden asks the kernel whether others of the same user may read this process's memory.
func TestMemoryIsHidden(t *testing.T) {
	dumpable := func() uintptr {
		d, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_GET_DUMPABLE, 0, 0)
		if errno != 0 {
			t.Fatal(errno)
		}
		return d
	}
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_DUMPABLE, 1, 0); errno != 0 {
		t.Fatal(errno)
	}
	before := dumpable()
	HideMemory()
	if after := dumpable(); before != 1 || after != 0 {
		t.Errorf("dumpable %d, then %d", before, after)
	}
}
