package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"
)

// StopsMark notes how far a stops.log went. Its form as JSON is kept in backups.
type StopsMark struct {
	Lines int    `json:"lines"`
	Last  string `json:"last_sha256"` // of the last line, without its end
}

// MarkStops notes how far a stops.log goes: nil when nothing is in it. The file stays locked until it is closed.
func MarkStops(file *os.File) (*StopsMark, error) {
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_SH); err != nil { // what is being written may be taken back
		return nil, err
	}
	var mark StopsMark
	err := eachStop(file, func(_ stopLine, sum string) {
		mark.Lines++
		mark.Last = sum
	})
	if err != nil || mark.Lines == 0 {
		return nil, err
	}
	return &mark, nil
}

// StopsCover looks whether logs tell of all that was asked since asOf. It says in what way they do not, or nothing: they must begin before,
// and one of them must hold the line of a mark that was made then.
func StopsCover(logs []io.Reader, asOf time.Time, mark *StopsMark) (lack string, err error) {
	var since time.Time
	held := mark == nil
	for _, log := range logs {
		err := eachStop(log, func(line stopLine, sum string) {
			if since.IsZero() || line.at.Before(since) {
				since = line.at
			}
			held = held || sum == mark.Last
		})
		if err != nil {
			return "", err
		}
	}
	switch {
	case since.IsZero():
		return "holds no line", nil
	case since.After(asOf.Add(clocksDiffer)):
		return "is kept since " + since.UTC().Format(time.RFC3339) + " only", nil
	case !held:
		return fmt.Sprintf("was cut, or is an old copy: it lacks the line that stood last in it, as number %d, when the backup was made", mark.Lines), nil
	}
	return "", nil
}

// eachStop does something with each line that can be read, and with its SHA-256.
func eachStop(log io.Reader, do func(line stopLine, sum string)) error {
	all, err := io.ReadAll(log)
	if err != nil {
		return fmt.Errorf("read %s: %w", StopsLogName, err)
	}
	for _, text := range strings.Split(string(all), "\n") {
		if line, err := readStopLine(text); err == nil {
			sum := sha256.Sum256([]byte(strings.TrimSuffix(text, tornEnd)))
			do(line, hex.EncodeToString(sum[:]))
		}
	}
	return nil
}
