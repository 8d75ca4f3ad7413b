package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// writeWhole makes the file for this user only, whole or not at all. It does not replace one that is there.
func writeWhole(path string, write func(io.Writer) error) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s：文件已经存在。请换一个文件名，或者先把它移走", path)
	}
	part, err := os.CreateTemp(filepath.Dir(path), ".towncrier-*")
	if err != nil {
		return err
	}
	defer os.Remove(part.Name())
	if err := errors.Join(write(part), part.Close()); err != nil {
		return err
	}
	if err := os.Link(part.Name(), path); err != nil { // a rename would replace a file made meanwhile
		return fmt.Errorf("write %s: %w", path, errors.Unwrap(err))
	}
	return nil
}
