package seal_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"

	"towncrier/seal"
)

// sealedFile seals content in pieces of any size.
func sealedFile(t *testing.T, s *seal.Sealer, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := s.NewFile(&out, "test")
	if err != nil {
		t.Fatal(err)
	}
	for rest := content; len(rest) > 0; {
		n := min(len(rest), 1+rand.IntN(100_000))
		if _, err := w.Write(rest[:n]); err != nil {
			t.Fatal(err)
		}
		rest = rest[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestSealedFile(t *testing.T) {
	s, err := seal.New(seal.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 1, 4<<10 - 1, 4 << 10, 4<<10 + 1, 3 << 20} {
		content := bytes.Repeat([]byte("19900000001,"), size/12+1)[:size]
		sealed := sealedFile(t, s, content)
		if bytes.Contains(sealed, []byte("19900000001")) {
			t.Fatalf("%d bytes: it can be read", size)
		}
		f, err := s.OpenFile(bytes.NewReader(sealed), int64(len(sealed)), "test")
		if err != nil || f.Size() != int64(size) {
			t.Fatalf("%d bytes: opened with %v", size, err)
		}
		if got, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size())); err != nil || !bytes.Equal(got, content) {
			t.Fatalf("%d bytes: read %d, %v", size, len(got), err)
		}
		for i := range 50 {
			if i == 25 {
				f.Keep(1 << 20)
			}
			at := rand.IntN(size + 1)
			some := make([]byte, rand.IntN(size-at+1))
			if _, err := f.ReadAt(some, int64(at)); err != nil || !bytes.Equal(some, content[at:at+len(some)]) {
				t.Fatalf("%d bytes at %d of %d: %v", len(some), at, size, err)
			}
		}
		if _, err := f.ReadAt(make([]byte, 1), int64(size)); err != io.EOF {
			t.Errorf("beyond the end: %v", err)
		}
	}
}

// TestSealedFileIsWholeOrRefused: nothing of it can be cut off, changed, moved, or read for another purpose.
func TestSealedFileIsWholeOrRefused(t *testing.T) {
	s, _ := seal.New(seal.NewKey())
	other, _ := seal.New(seal.NewKey())
	sealed := sealedFile(t, s, make([]byte, 13<<10))
	const chunk = 4<<10 + 16
	head := len(sealed) - 3*chunk - (1<<10 + 16)
	read := func(s *seal.Sealer, sealed []byte, purpose string) error {
		f, err := s.OpenFile(bytes.NewReader(sealed), int64(len(sealed)), purpose)
		if err == nil {
			_, err = io.Copy(io.Discard, io.NewSectionReader(f, 0, f.Size()))
		}
		return err
	}
	swapped := bytes.Clone(sealed)
	copy(swapped[head:], sealed[head+chunk:head+2*chunk])
	copy(swapped[head+chunk:], sealed[head:head+chunk])
	changed := bytes.Clone(sealed)
	changed[head+10] ^= 1
	for name, err := range map[string]error{
		"cut anywhere":          read(s, sealed[:len(sealed)-1], "test"),
		"cut behind a chunk":    read(s, sealed[:head+2*chunk], "test"),
		"cut before a chunk":    read(s, sealed[:head], "test"),
		"cut in the head":       read(s, sealed[:5], "test"),
		"nothing":               read(s, nil, "test"),
		"two chunks swapped":    read(s, swapped, "test"),
		"a bit changed":         read(s, changed, "test"),
		"another purpose":       read(s, sealed, "else"),
		"another ring":          read(other, sealed, "test"),
		"a chunk more, of zero": read(s, append(bytes.Clone(sealed), make([]byte, chunk)...), "test"),
	} {
		if !errors.Is(err, seal.ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSealedFileTakesNoMemory: many people read one at a time, from its beginning.
func TestSealedFileTakesNoMemory(t *testing.T) {
	s, _ := seal.New(seal.NewKey())
	sealed := sealedFile(t, s, make([]byte, 4<<20))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f, err := s.OpenFile(bytes.NewReader(sealed), int64(len(sealed)), "test")
	if err == nil {
		_, err = io.Copy(io.Discard, io.NewSectionReader(f, 0, f.Size()))
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; err != nil || took > 128<<10 {
		t.Errorf("reading 4 MiB takes %d bytes of memory: %v", took, err)
	}
}
