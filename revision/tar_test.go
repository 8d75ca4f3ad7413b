package revision_test

import (
	"archive/tar"
	"bytes"
	"slices"
	"strings"
	"testing"

	"towncrier/revision"
)

// archive is a tar of headers, each with the text of its length.
func archive(t *testing.T, headers ...tar.Header) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range headers {
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(make([]byte, h.Size)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &b
}

func file(name string, size int64) tar.Header {
	return tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o644}
}

// TestReadTar: what git archives and what editors leave behind is read; anything else that is none of a city's files is refused by name.
func TestReadTar(t *testing.T) {
	f, err := revision.ReadTar(archive(t,
		tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"comment": "a commit"}},
		tar.Header{Typeflag: tar.TypeDir, Name: "./notices/"}, file("./notices/X1.md", 3), file("notices/._X1.md", 3), file(".git/config", 3), file("city.yaml", 0)))
	if err != nil || !slices.Equal(f.Paths(), []string{"city.yaml", "notices/X1.md"}) {
		t.Errorf("%v, %v", f.Paths(), err)
	}
	for want, headers := range map[string][]tar.Header{
		"notices/X1.md：出现了两次":          {file("notices/X1.md", 1), file("./notices/X1.md", 1)},
		"notices/X1.md：不是普通文件":         {{Typeflag: tar.TypeSymlink, Name: "notices/X1.md", Linkname: "/etc/passwd"}},
		"notices/X2.md：不是普通文件":         {file("notices/X1.md", 1), {Typeflag: tar.TypeLink, Name: "notices/X2.md", Linkname: "notices/X1.md"}},
		"超过1 MiB":                      {file("notices/X1.md", revision.MaxFile+1)},
		"../notices/X1.md：不是内容文件夹里的文件": {file("../notices/X1.md", 1)},
		"文件名里有看不见的字符":                  {file("notices/X\u202e1.md", 1)},
	} {
		if _, err := revision.ReadTar(archive(t, headers...)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for text, want := range map[string]string{"\x1f\x8b\x08 a gzip": "先解压成 .tar", "": "没有文件", strings.Repeat("\x00", 4096): "没有文件"} {
		if _, err := revision.ReadTar(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
