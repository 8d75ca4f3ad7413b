package revision

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing/fstest"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"towncrier/content"
	"towncrier/problem"
)

// What a folder holds at most. 3,000 notices and as many intents of the size that the built-in city has weigh 20 MB.
const (
	MaxFile   = content.MaxFile // bytes
	MaxFolder = 32 << 20        // bytes of all files
	MaxFiles  = 10_000
)

// Folder is a city's folder: what each file, by its path with slashes, holds. It is never changed once it is shared; With makes another.
type Folder map[string][]byte

// Digest names a folder, or a file, by all that it holds: SHA-256 in hexadecimal.
type Digest string

// DigestOf is the digest of a file.
func DigestOf(text []byte) Digest {
	sum := sha256.Sum256(text)
	return Digest(hex.EncodeToString(sum[:]))
}

// Read is the folder that fsys holds. Hidden files are editors' own and left out; any other file that is not a city's is refused, so that
// nothing is lost unseen.
func Read(fsys fs.FS) (Folder, error) {
	f, size := Folder{}, 0
	err := fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name != "." && strings.HasPrefix(e.Name(), "."):
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		info, err := fs.Stat(fsys, name) // follows links, as a mounted ConfigMap has them
		if err != nil || info.IsDir() {
			return err
		}
		if err := CheckPath(name); err != nil {
			return fmt.Errorf("%q：%w", name, err)
		}
		text, err := readFile(fsys, name)
		if err != nil {
			return err
		}
		f[name] = text
		size += len(text)
		return tooLarge(len(f), size)
	})
	if err != nil {
		return nil, fmt.Errorf("读取内容文件夹：%w", err)
	}
	return f, nil
}

func readFile(fsys fs.FS, name string) ([]byte, error) {
	file, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readText(name, file)
}

func readText(name string, r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err == nil && len(text) > MaxFile {
		err = &FileError{name, "超过1 MiB，请拆成几个文件"}
	}
	return text, err
}

func tooLarge(files, bytes int) error {
	if files > MaxFiles {
		return fmt.Errorf("文件超过%d个", MaxFiles)
	}
	if bytes > MaxFolder {
		return fmt.Errorf("全部文件超过%d MiB", MaxFolder>>20)
	}
	return nil
}

// FileError is about one file of a draft.
type FileError struct {
	Path   string
	Reason string // what is wrong and what would be right
}

func (e *FileError) Error() string { return e.Path + "：" + e.Reason }

// ErrPath says that a file is none of a city's.
var ErrPath = errors.New("不是内容文件夹里的文件")

// CheckPath refuses a path that a city's folder does not have.
func CheckPath(name string) error {
	if strings.ContainsAny(name, `\:*?"<>|`) || strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(unicode.C, r) }) || !norm.NFC.IsNormalString(name) {
		return fmt.Errorf("%w：文件名里有看不见的字符，或者 %s，请换一个文件名", ErrPath, `\ : * ? " < > |`)
	}
	if !fs.ValidPath(name) || len(name) > 200 || !content.Holds(name) {
		return fmt.Errorf("%w，应为 %s", ErrPath, strings.Join(content.Layout, "、"))
	}
	return nil
}

// FS is the folder as what reads city folders takes it.
func (f Folder) FS() fs.FS {
	// The standard library's map of files is a whole fs.FS, folders included; nothing of it is only for tests.
	files := make(fstest.MapFS, len(f))
	for name, text := range f {
		files[name] = &fstest.MapFile{Data: text, Mode: 0o644}
	}
	return files
}

// Paths are the files' paths, sorted.
func (f Folder) Paths() []string { return slices.Sorted(maps.Keys(f)) }

// Digest is over every path and every byte; two folders that differ in anything have two.
func (f Folder) Digest() Digest {
	h := sha256.New()
	var size [8]byte
	put := func(b []byte) {
		binary.BigEndian.PutUint64(size[:], uint64(len(b)))
		h.Write(size[:])
		h.Write(b)
	}
	for _, name := range f.Paths() {
		put([]byte(name))
		put(f[name])
	}
	return Digest(hex.EncodeToString(h.Sum(nil)))
}

// With is the folder with changes made.
func (f Folder) With(changes []Change) Folder {
	next := maps.Clone(f)
	for _, c := range changes {
		if c.Removed {
			delete(next, c.Path)
		} else {
			next[c.Path] = c.Text
		}
	}
	return next
}

// Changes are what makes next of f, by path.
func (f Folder) Changes(next Folder) []Change {
	var all []Change
	for _, name := range next.Paths() {
		if old, ok := f[name]; !ok || !bytes.Equal(old, next[name]) {
			all = append(all, Change{Path: name, Text: next[name]})
		}
	}
	for _, name := range f.Paths() {
		if _, ok := next[name]; !ok {
			all = append(all, Change{Path: name, Removed: true})
		}
	}
	SortChanges(all)
	return all
}

// fits refuses a folder that is too large, or in which two files are one where a disk takes no notice of case.
func (f Folder) fits() error {
	n, folded := 0, make(map[string]string, len(f))
	for _, path := range f.Paths() {
		n += len(f[path])
		low := strings.ToLower(path)
		if other, taken := folded[low]; taken {
			return &problem.Invalid{Field: "files", Reason: fmt.Sprintf("%s 和 %s 只有大小写不同：请换一个文件名", path, other)}
		}
		folded[low] = path
	}
	if err := tooLarge(len(f), n); err != nil {
		return &problem.Invalid{Field: "files", Reason: err.Error() + "：请删去用不到的，或者缩短"}
	}
	return nil
}

// notice is the path of a notice's file.
func notice(id string) string { return "notices/" + id + ".md" }
