//go:build !linux

package app

// HideMemory does nothing: only Linux lets a process close its memory to others of the same user.
func HideMemory() {}
