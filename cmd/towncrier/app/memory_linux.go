package app

import "syscall"

// HideMemory keeps the keys in this process's memory and environment from other processes of the same user, and out of core dumps.
func HideMemory() {
	syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_DUMPABLE, 0, 0) // fails for wrong arguments only
}
