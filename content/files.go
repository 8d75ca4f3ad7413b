package content

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"towncrier/plaintext"
	"towncrier/problem"
)

// list names the files of a folder that end in ext. Hidden files are an editor's own; a folder that is not there is
// empty.
func list(fsys fs.FS, dir, ext string, problems *problem.List) []string {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		problems.Addf(dir, 0, "文件夹读不出来：%v", err)
	}
	var files []string
	for _, e := range entries {
		file := path.Join(dir, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir() || path.Ext(e.Name()) != ext:
			problems.Warnf(file, 0, "没有程序读这个文件：这里的文件名应以 %s 结尾", ext)
		default:
			files = append(files, file)
		}
	}
	return files
}

// read gives a file's text with a byte order mark removed and line ends made \n.
func read(fsys fs.FS, file string, problems *problem.List) ([]byte, bool) {
	src, err := readBounded(fsys, file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		problems.Addf(file, 0, "没有这个文件：请补上")
	case err != nil:
		problems.Addf(file, 0, "读不出来：%v", err)
	default:
		text, err := plaintext.Decode(src)
		if bad, ok := errors.AsType[*plaintext.Error](err); ok {
			problems.Addf(file, bad.Line, "读不出来：%s", bad.Reason())
			return nil, false
		}
		return text, true
	}
	return nil, false
}

func readBounded(fsys fs.FS, file string) ([]byte, error) {
	f, err := fsys.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err == nil && len(src) > MaxFile {
		err = fmt.Errorf("超过%d字节", MaxFile)
	}
	return src, err
}
