package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"towncrier/roster"
	"towncrier/sheet"
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

// writeTable makes a file of rows, whole or not at all.
func writeTable(path, format string, write func(roster.TableWriter) error) error {
	return writeWhole(path, func(w io.Writer) error { return writeRows(w, format, write) })
}

func writeRows(w io.Writer, format string, write func(roster.TableWriter) error) error {
	out, err := sheet.NewWriter(w, format)
	if err != nil {
		return err
	}
	return errors.Join(write(out), out.Close())
}
