package revision

import (
	"archive/tar"
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"towncrier/plaintext"
)

// WriteTar writes the folder as an archive, which ReadTar reads to the same bytes. Two folders that hold the same make the same archive.
func (f Folder) WriteTar(w io.Writer) error {
	archive := tar.NewWriter(w)
	for _, name := range f.Paths() {
		if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(f[name])), Format: tar.FormatPAX}); err != nil {
			return err
		}
		if _, err := archive.Write(f[name]); err != nil {
			return err
		}
	}
	return archive.Close()
}

// hidden says whether a file or a folder on the way to it is hidden, as Read passes them over.
func hidden(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") && part != "." && part != ".." {
			return true
		}
	}
	return false
}

// ReadTar reads an archive of a folder. Folders and hidden files in it are passed over; anything else that is not a city's file is refused.
func ReadTar(r io.Reader) (Folder, error) {
	f, size := Folder{}, 0
	from := bufio.NewReader(r)
	if begin, _ := from.Peek(2); string(begin) == "\x1f\x8b" {
		return nil, errors.New("这是 gzip 压缩包：请先解压成 .tar")
	}
	for archive := tar.NewReader(from); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			if len(f) == 0 {
				return nil, errors.New("压缩包里没有文件，应为内容文件夹的 tar 包")
			}
			return f, nil
		}
		if err != nil {
			return nil, fmt.Errorf("压缩包无法读取，应为内容文件夹的 tar 包：%w", err)
		}
		name := strings.TrimPrefix(h.Name, "./")
		switch {
		case h.Typeflag == tar.TypeDir, h.Typeflag == tar.TypeXGlobalHeader, hidden(name): // of what git archives, the header names the commit
			continue
		case h.Typeflag != tar.TypeReg:
			return nil, &FileError{name, "不是普通文件，请换成文件本身"}
		}
		if err := CheckPath(name); err != nil {
			return nil, fmt.Errorf("%s：%w", plaintext.OneLine(name, 200), err)
		}
		if _, twice := f[name]; twice {
			return nil, &FileError{name, "出现了两次，请只留一份"}
		}
		text, err := readText(name, archive)
		if err != nil {
			return nil, err
		}
		f[name] = text
		size += len(text)
		if err := tooLarge(len(f), size); err != nil {
			return nil, err
		}
	}
}
