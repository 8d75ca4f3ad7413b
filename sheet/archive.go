package sheet

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
)

// maxDirectory is how much of an archive is read to find out what is in it. Excel's have some dozens of entries, of about 100 bytes each.
const maxDirectory = 1 << 20

var errDirectory = fmt.Errorf("XLSX 文件里的内容过多（目录超过%d MiB）：请把表格复制到新的工作簿，再保存", maxDirectory>>20)

// openArchive reads the directory of a ZIP archive. It takes about five bytes of memory for each of the directory, which follows on however few
// entries the record at the archive's end declares.
func openArchive(from io.ReaderAt, size int64) (*zip.Reader, error) {
	r := &directoryReader{ReaderAt: from, left: maxDirectory}
	archive, err := zip.NewReader(r, size)
	switch {
	case errors.Is(err, errDirectory):
		return nil, err
	case err != nil:
		return nil, errors.New("XLSX 文件已损坏，或没有复制完整：请重新复制，或重新保存")
	}
	r.whole = true
	return archive, nil
}

// directoryReader reads no more than left until the directory is whole.
type directoryReader struct {
	io.ReaderAt
	left  int
	whole bool
}

func (r *directoryReader) ReadAt(p []byte, at int64) (int, error) {
	if r.left -= len(p); r.left < 0 && !r.whole {
		return 0, errDirectory
	}
	return r.ReaderAt.ReadAt(p, at)
}
