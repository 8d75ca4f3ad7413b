//go:build !linux

package soak

import "syscall"

// mortal does nothing special: only Linux ties a child's life to its parent's.
func mortal() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }
