package soak

import "syscall"

// mortal makes the kernel kill a child whose parent is killed, so that no process outlives its test.
func mortal() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
