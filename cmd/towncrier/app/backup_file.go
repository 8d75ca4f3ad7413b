package app

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"towncrier/store"
)

// A backup is a tar of three files, so that any tool opens it: what it holds, the database, and the checksums of both as `sha256sum -c`
// reads them.
const (
	manifestName  = "manifest.json"
	databaseName  = "towncrier.db"
	checksumsName = "SHA256SUMS"
)

// backupFormat is the version of what Manifest and the names above say.
const backupFormat = 1

// Manifest is what a backup says of itself.
type Manifest struct {
	Format    int            `json:"format"`
	Towncrier string         `json:"towncrier"` // the version that made it
	City      string         `json:"city,omitempty"`
	AsOf      time.Time      `json:"as_of"` // all that was answered before is in it
	Bytes     int64          `json:"bytes"` // of the database
	SHA256    string         `json:"sha256"`
	Holds     store.Contents `json:"holds"`
	// StopsLog is how far the log beside the database went when the copy was begun; nil when there was none.
	StopsLog *store.StopsMark `json:"stops_log,omitempty"`
}

// writeBackup writes the backup of a database file that nobody changes. It fills in the manifest's Bytes and SHA256.
func writeBackup(to io.Writer, m Manifest, database string) error {
	file, err := os.Open(database)
	if err != nil {
		return err
	}
	defer file.Close()
	sum := sha256.New()
	if m.Bytes, err = io.Copy(sum, file); err != nil {
		return err
	}
	m.SHA256 = hex.EncodeToString(sum.Sum(nil))
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	manifest, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	archive := tar.NewWriter(to)
	add := func(name string, size int64) error {
		return archive.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: m.AsOf.Truncate(time.Second), Format: tar.FormatPAX})
	}
	if err := add(manifestName, int64(len(manifest))); err != nil {
		return err
	}
	if _, err := archive.Write(manifest); err != nil {
		return err
	}
	if err := add(databaseName, m.Bytes); err != nil {
		return err
	}
	if _, err := io.Copy(archive, file); err != nil {
		return err
	}
	sums := checksums(sha256.Sum256(manifest), m.SHA256)
	if err := add(checksumsName, int64(len(sums))); err != nil {
		return err
	}
	if _, err := io.WriteString(archive, sums); err != nil {
		return err
	}
	return archive.Close()
}

func checksums(manifest [sha256.Size]byte, database string) string {
	return fmt.Sprintf("%x  %s\n%s  %s\n", manifest, manifestName, database, databaseName)
}

var (
	errNoBackup  = errors.New("it is no backup that `towncrier backup` made")
	errCut       = errors.New("it is cut off: copy it again, whole, or take another")
	errDifferent = errors.New("it is damaged, a checksum does not match: copy it again, or take another")
)

// readManifest reads the first file of a backup.
func readManifest(archive *tar.Reader) (m Manifest, text []byte, err error) {
	text, err = readSmall(archive, manifestName)
	if errors.Is(err, errDifferent) || errors.Is(err, errCut) {
		return m, nil, errNoBackup
	}
	if err != nil {
		return m, nil, err
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, nil, fmt.Errorf("%w (%s: %w)", errDifferent, manifestName, err)
	}
	if m.Format != backupFormat {
		return m, nil, fmt.Errorf("it has format %d, made by towncrier %s; this towncrier reads format %d: use that version", m.Format, m.Towncrier, backupFormat)
	}
	return m, text, nil
}

// readSmall reads the next file, which must have this name and is not the database.
func readSmall(archive *tar.Reader, name string) ([]byte, error) {
	header, err := archive.Next()
	if err != nil {
		return nil, cutOr(err)
	}
	if header.Name != name || header.Size > 1<<20 {
		return nil, errNoBackup
	}
	text, err := io.ReadAll(archive)
	return text, cutOr(err)
}

// readBackup verifies a backup of so many bytes while it unpacks the database. sum is the SHA-256 of the whole file.
func readBackup(from io.Reader, size int64, database io.Writer) (m Manifest, sum string, err error) {
	all, hash := sha256.New(), sha256.New()
	from = io.TeeReader(from, all)
	archive := tar.NewReader(from)
	m, manifest, err := readManifest(archive)
	if err != nil {
		return m, "", err
	}
	header, err := archive.Next()
	if err != nil {
		return m, "", cutOr(err)
	}
	if header.Name != databaseName || header.Size != m.Bytes || m.Bytes > size { // a sparse one fills the disk
		return m, "", fmt.Errorf("%w (%s)", errDifferent, databaseName)
	}
	if _, err := io.Copy(io.MultiWriter(database, hash), archive); err != nil {
		return m, "", cutOr(err)
	}
	if hex.EncodeToString(hash.Sum(nil)) != m.SHA256 {
		return m, "", fmt.Errorf("%w (%s)", errDifferent, databaseName)
	}
	sums, err := readSmall(archive, checksumsName)
	if err != nil {
		return m, "", err
	}
	if string(sums) != checksums(sha256.Sum256(manifest), m.SHA256) {
		return m, "", fmt.Errorf("%w (%s)", errDifferent, manifestName)
	}
	if _, err := io.Copy(io.Discard, from); err != nil {
		return m, "", err
	}
	return m, hex.EncodeToString(all.Sum(nil)), nil
}

// cutOr is what an error says of the file that is read.
func cutOr(err error) error {
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errCut
	case errors.Is(err, tar.ErrHeader):
		return errDifferent
	}
	return err
}

// openFile opens a file to be read; what is none, such as a pipe, could keep it waiting for ever.
func openFile(name string) (*os.File, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fmt.Errorf("%s is a directory: name a file", name)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no regular file: name one", name)
	}
	return os.Open(name)
}
