package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// writeWhole makes the file for this user only, whole or not at all. It does not replace one that is there.
func writeWhole(path string, write func(io.Writer) error) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s：文件已经存在。请换一个文件名，或者先把它移走", path)
	}
	part, err := os.CreateTemp(filepath.Dir(path), ".towncrier-*")
	if err != nil {
		return fileError(path, err)
	}
	defer os.Remove(part.Name())
	if err := errors.Join(write(part), part.Close()); err != nil {
		return fileError(path, err)
	}
	if err := os.Link(part.Name(), path); err != nil { // a rename would replace a file made meanwhile
		return fileError(path, err)
	}
	return nil
}

// fileError is why an official's file cannot be read or written, as they read it. Other errors stay as they are.
func fileError(path string, err error) error {
	for cause, text := range map[error]string{
		fs.ErrNotExist:   "没有这个文件或文件夹",
		fs.ErrPermission: "没有读写的权限",
		syscall.ENOSPC:   "磁盘已满，请先腾出空间",
		syscall.EISDIR:   "是文件夹，不是文件",
	} {
		if errors.Is(err, cause) {
			return fmt.Errorf("%s：%s", path, text)
		}
	}
	return err
}
