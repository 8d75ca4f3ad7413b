package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
)

// A sealed file is: the length of a sealed key in two bytes, the key of this file sealed under the ring, and the content in chunks. Each
// chunk is sealed under the file's key with its place, and whether it is the last, as nonce: none can be moved, left out or added. A chunk is
// small because a reader who jumps about opens a whole one for each byte that it wants.
const (
	chunkSize = 4 << 10
	tagSize   = 16
	maxHead   = 512
)

// FileWriter seals what is written to it. A file is whole once Close returned nil. It is not safe for concurrent use.
type FileWriter struct {
	to    io.Writer
	chunk cipher.AEAD
	buf   []byte // at most a chunk that is not written yet: it may be the last
	out   []byte
	next  uint64
	err   error
}

// NewFile begins a sealed file. purpose binds it to its place, as with Seal.
func (b *Sealer) NewFile(to io.Writer, purpose string) (*FileWriter, error) {
	key := NewKey()
	head := b.Seal(purpose, string(key))
	chunk, err := newFileCipher(key)
	if err != nil {
		return nil, err
	}
	if _, err := to.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(head))), head...)); err != nil {
		return nil, err
	}
	return &FileWriter{to: to, chunk: chunk, buf: make([]byte, 0, chunkSize), out: make([]byte, 0, chunkSize+tagSize)}, nil
}

func (w *FileWriter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if len(w.buf) == chunkSize {
			if err := w.flush(false); err != nil {
				return 0, err
			}
		}
		fits := min(len(p), chunkSize-len(w.buf))
		w.buf, p = append(w.buf, p[:fits]...), p[fits:]
	}
	return n, nil
}

// Close writes the last chunk. It does not close what is written to.
func (w *FileWriter) Close() error { return w.flush(true) }

func (w *FileWriter) flush(last bool) error {
	if w.err != nil {
		return w.err
	}
	w.out = w.chunk.Seal(w.out[:0], nonceOf(w.next, last), w.buf, nil)
	clear(w.buf)
	w.buf = w.buf[:0]
	w.next++
	_, w.err = w.to.Write(w.out)
	if w.err == nil && last {
		w.err = errors.New("the sealed file is closed")
		return nil
	}
	return w.err
}

// File reads a sealed file at any place. Safe for concurrent use.
type File struct {
	from   io.ReaderAt
	head   int64
	chunk  cipher.AEAD
	size   int64 // of the content
	chunks uint64

	mu     sync.Mutex
	recent []openChunk // by number, modulo
}

// recentChunks are kept open for who reads on from where it stopped.
const recentChunks = 2

type openChunk struct {
	number uint64 // from 1; 0 for none
	plain  []byte
}

// OpenFile opens a sealed file of size bytes. ErrSealed says that it is not whole, or that the key or the purpose is another.
func (b *Sealer) OpenFile(from io.ReaderAt, size int64, purpose string) (*File, error) {
	var length [2]byte
	if _, err := from.ReadAt(length[:], 0); err != nil {
		return nil, readError(err)
	}
	head := make([]byte, binary.BigEndian.Uint16(length[:]))
	if len(head) > maxHead {
		return nil, ErrSealed
	}
	if _, err := from.ReadAt(head, 2); err != nil {
		return nil, readError(err)
	}
	key, err := b.Open(purpose, head)
	if err != nil {
		return nil, err
	}
	f := &File{from: from, head: int64(2 + len(head)), recent: make([]openChunk, recentChunks)}
	if f.chunk, err = newFileCipher([]byte(key)); err != nil {
		return nil, ErrSealed
	}
	sealed := size - f.head
	f.chunks = uint64((sealed + chunkSize + tagSize - 1) / (chunkSize + tagSize))
	f.size = sealed - int64(f.chunks)*tagSize
	if f.chunks == 0 || f.size < 0 {
		return nil, ErrSealed
	}
	_, err = f.open(f.chunks - 1) // it is the last: the file is whole
	return f, err
}

// Size is how long the content is.
func (f *File) Size() int64 { return f.size }

// Keep keeps as much open as fits into so many bytes: who reads here and there comes back to what was read lately.
func (f *File) Keep(bytes int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.recent = make([]openChunk, max(recentChunks, bytes/chunkSize))
}

// ReadAt implements io.ReaderAt.
func (f *File) ReadAt(p []byte, at int64) (n int, err error) {
	if at < 0 {
		return 0, fmt.Errorf("read at %d", at)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for n < len(p) {
		if at >= f.size {
			return n, io.EOF
		}
		plain, err := f.open(uint64(at / chunkSize))
		if err != nil {
			return n, err
		}
		some := copy(p[n:], plain[at%chunkSize:])
		n, at = n+some, at+int64(some)
	}
	return n, nil
}

func (f *File) open(number uint64) ([]byte, error) {
	kept := &f.recent[number%uint64(len(f.recent))]
	if kept.number == number+1 {
		return kept.plain, nil
	}
	last := number == f.chunks-1
	size := int64(chunkSize + tagSize)
	if last {
		size = f.size - int64(number)*chunkSize + tagSize
	}
	if cap(kept.plain) < int(size) {
		kept.plain = make([]byte, 0, chunkSize+tagSize)
	}
	kept.number = 0
	sealed := kept.plain[:size]
	if _, err := f.from.ReadAt(sealed, f.head+int64(number)*(chunkSize+tagSize)); err != nil {
		return nil, readError(err)
	}
	plain, err := f.chunk.Open(sealed[:0], nonceOf(number, last), sealed, nil)
	if err != nil {
		return nil, ErrSealed
	}
	kept.number, kept.plain = number+1, plain
	return plain, nil
}

// readError is ErrSealed when a file is shorter than it should be.
func readError(err error) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrSealed
	}
	return err
}

func newFileCipher(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// nonceOf is twelve bytes; the key is of one file alone, so that none comes twice.
func nonceOf(number uint64, last bool) []byte {
	nonce := make([]byte, 12)
	binary.BigEndian.PutUint64(nonce[3:], number)
	if last {
		nonce[11] = 1
	}
	return nonce
}
