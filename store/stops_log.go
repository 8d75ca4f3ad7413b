package store

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"towncrier/seal"
)

// StopsLogName is of the file beside a SQLite database in which stops, their ends and erasures are written down once more: a database that
// is put back from a backup learns from it what was asked of the city since.
const StopsLogName = "stops.log"

// stopsLog appends to a stops.log. Several processes may append to one, and it may be moved away at any time. nil writes nothing.
//
// A line is "1 TIME WHAT KEY WHO ABOUT SUM". KEY names the finding key that made the hashes in WHO; TIME is when the act was under way, so
// that acts on one person are in its order; SUM is a checksum. Before the first line under a key stands the key itself, wrapped as the ring
// keeps it: a backup may be older than the key. That is a log's first line, written when a server starts, or a SQLite file is opened: what is
// not in the log was not asked since then.
type stopsLog struct {
	path   string
	sealer *seal.Sealer

	mu    sync.Mutex
	keyed os.FileInfo // the file in which this process wrote the key
	key   string      // that key
}

// What a line says.
const (
	logStop        = "stop"        // a number is not to be texted
	logStart       = "start"       // it may be texted again
	logErase       = "erase"       // nothing is to be known of a number
	logRemove      = "remove"      // a resident went
	logUnfollow    = "unfollow"    // what came from WeChat of a resident went
	logNo          = "no"          // a resident wants nothing of ABOUT, topic/channel
	logYes         = "yes"         // a resident took such a no back
	logUnsubscribe = "unsubscribe" // a follower agrees to no more of a template's notifications
	logForget      = "forget"      // tickets lost their asker
	logEmpty       = "empty"       // and what they say, too
	logKey         = "key"
)

// The ways in which a line names a person: each is a letter, before a hash or, of a subject, the random id itself.
const (
	whoSubject = 's'
	whoPhone   = 'p'
	whoOpenID  = 'o'
	whoAsker   = 'a'
)

// stopLine is one line.
type stopLine struct {
	at    time.Time
	what  string
	key   string // names the finding key of the hashes
	who   []who
	about string
}

// who names somebody in one way.
type who struct {
	kind byte
	hash string // bytes
}

// begin has the log's first line say since when it is kept.
func (l *stopsLog) begin(at time.Time) error {
	if l == nil {
		return nil
	}
	info, err := os.Stat(l.path)
	if err == nil && info.Size() > 0 {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("begin %s: %w", StopsLogName, err)
	}
	return l.keep(at)
}

// probe fails where a line could not be written. It writes none, unless the log is to be begun.
func (l *stopsLog) probe(at time.Time) error {
	if l == nil {
		return nil
	}
	err := l.begin(at)
	if err == nil {
		var file *os.File
		if file, err = os.OpenFile(l.path, os.O_WRONLY|os.O_APPEND, 0); err == nil {
			err = file.Close()
		}
	}
	if err == nil && noRoomBeside(l.path) {
		err = &noRoom{where: l.path}
	}
	if err != nil {
		return fmt.Errorf("nobody can stop texts: %s cannot be written: %w", StopsLogName, err)
	}
	return nil
}

// append writes lines of one moment down and returns when they are on the disk. On an error none of them counts.
func (l *stopsLog) append(at time.Time, lines ...stopLine) error {
	if l == nil || len(lines) == 0 {
		return nil
	}
	return l.keep(at, lines...)
}

// keep writes lines, and the key before them when this process has not written it to this file.
func (l *stopsLog) keep(at time.Time, lines ...stopLine) error {
	key := findingNames(l.sealer)[0]
	var text strings.Builder
	for _, line := range lines {
		line.at, line.key = at, key
		text.WriteString(line.String())
	}
	if err := l.write(key, text.String(), at); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("its folder %s is missing: name the one that the server writes to: %w", filepath.Dir(l.path), err)
		}
		if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
			err = &noRoom{l.path, err}
		}
		return fmt.Errorf("write %s: %w", StopsLogName, err)
	}
	return nil
}

func (l *stopsLog) write(key, text string, at time.Time) (err error) {
	file, err := os.OpenFile(l.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := l.add(file, key, text, at); err != nil {
		return err
	}
	return file.Sync() // without the lock, so that several lines are flushed at once
}

// add writes at the end of the file, all or nothing, while no other process does.
func (l *stopsLog) add(file *os.File, key, text string, at time.Time) (err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, syscall.Flock(int(file.Fd()), syscall.LOCK_UN)) }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if l.key != key || l.keyed == nil || !os.SameFile(l.keyed, info) {
		text = keyLine(l.sealer, key, at).String() + text
	}
	last := []byte{'\n'}
	if info.Size() == 0 {
		err = syncFolder(filepath.Dir(l.path)) // the file may be new
	} else {
		_, err = file.ReadAt(last, info.Size()-1)
	}
	if err != nil {
		return err
	}
	if last[0] != '\n' { // by a process that died: nobody was told that it was done
		text = tornEnd + "\n" + text
	}
	if _, err := file.WriteString(text); err != nil {
		return errors.Join(err, file.Truncate(info.Size()))
	}
	l.key, l.keyed = key, info
	return nil
}

// tornEnd is behind what was left of a line.
const tornEnd = " torn"

const logVersion = "1"

// String is the line as it is written.
func (line stopLine) String() string {
	names := make([]string, len(line.who))
	for i, w := range line.who {
		names[i] = string(w.kind) + hex.EncodeToString([]byte(w.hash))
	}
	text := strings.Join([]string{logVersion, line.at.UTC().Format(time.RFC3339Nano), line.what, line.key,
		orDash(strings.Join(names, ",")), orDash(url.QueryEscape(line.about))}, " ")
	return fmt.Sprintf("%s %08x\n", text, crc32.ChecksumIEEE([]byte(text)))
}

func orDash(s string) string { return cmp.Or(s, "-") }

func withoutDash(s string) string {
	if s == "-" {
		return ""
	}
	return s
}

// errTorn is of what a process left that died while it wrote a line.
var errTorn = errors.New("torn")

// readStopLine reverses String, for a line without its end.
func readStopLine(text string) (line stopLine, err error) {
	text, torn := strings.CutSuffix(text, tornEnd) // or it lacked no more than its end, which editors leave out of the last line
	body, sum, _ := cutLast(text, " ")
	if fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(body))) != sum {
		if torn {
			return line, errTorn
		}
		return line, errors.New("its checksum does not hold")
	}
	fields := strings.Split(body, " ")
	if fields[0] != logVersion || len(fields) != 6 {
		return line, fmt.Errorf("is of version %s, written by a later towncrier", fields[0])
	}
	line.what, line.key = fields[2], fields[3]
	if line.at, err = time.Parse(time.RFC3339Nano, fields[1]); err != nil {
		return line, err
	}
	if line.about, err = url.QueryUnescape(withoutDash(fields[5])); err != nil {
		return line, err
	}
	if withoutDash(fields[4]) == "" {
		return line, nil
	}
	for _, name := range strings.Split(fields[4], ",") {
		hash, err := hex.DecodeString(name[min(1, len(name)):])
		if err != nil || len(hash) == 0 {
			return line, errors.New("names nobody")
		}
		line.who = append(line.who, who{name[0], string(hash)})
	}
	return line, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// findingNames are the names of a sealer's finding keys, the newest first.
func findingNames(sealer *seal.Sealer) (names []string) {
	for _, hash := range sealer.Finds("stops.log", "key") {
		names = append(names, hex.EncodeToString(hash[:6]))
	}
	return names
}

// keyLine is the line of the newest finding key, which name is of.
func keyLine(sealer *seal.Sealer, name string, at time.Time) stopLine {
	id, _ := sealer.FindingKey()
	line := stopLine{at: at, what: logKey, key: name}
	for _, w := range sealer.Wrap() {
		if w.ID == id {
			line.about = fmt.Sprintf("%d %s", id, base64.StdEncoding.EncodeToString(w.Bytes))
		}
	}
	return line
}

// wrapped is the key of a key's line.
func (line stopLine) wrapped() (w seal.Wrapped, err error) {
	id, text, _ := strings.Cut(line.about, " ")
	n, err := strconv.ParseUint(id, 10, 16)
	if err != nil {
		return w, err
	}
	w.ID, w.Finds = uint16(n), true
	w.Bytes, err = base64.StdEncoding.DecodeString(text)
	return w, err
}
