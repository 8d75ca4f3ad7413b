package storetest

import "syscall"

// mortal makes the kernel kill a child whose parent is killed, so that no server outlives its tests.
func mortal() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
