package soak

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// processors are how long they have run: by processes that this one started, in all, and for nothing. All of it is empty where the system
// does not say (it does on Linux).
type processors struct {
	at         time.Time
	started    map[string]process // by id
	busy, idle time.Duration
}

type process struct {
	name, parent string
	used         time.Duration
}

func processorTimes() processors {
	p := processors{at: time.Now(), started: map[string]process{}}
	stat, _ := os.ReadFile("/proc/stat")
	whole, _, _ := strings.Cut(string(stat), "\n")
	if fields := strings.Fields(whole); len(fields) > 8 {
		p.idle = ticks(fields[4])
		for _, field := range []int{1, 2, 3, 6, 7} { // user, nice, system, irq, softirq
			p.busy += ticks(fields[field])
		}
	}
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		text, _ := os.ReadFile(file)
		before, after, _ := strings.Cut(string(text), ") ")
		id, name, _ := strings.Cut(before, " (")
		if fields := strings.Fields(after); len(fields) > 12 {
			p.started[id] = process{name, fields[1], ticks(fields[11]) + ticks(fields[12])} // ppid, utime, stime
		}
	}
	for id := range p.started {
		if !p.ours(id) {
			delete(p.started, id)
		}
	}
	return p
}

// ours says whether this process started another, or what started it.
func (p processors) ours(id string) bool {
	for id != "" && id != strconv.Itoa(os.Getpid()) {
		id = p.started[id].parent
	}
	return id != ""
}

// ticks reads the unit of /proc/stat and /proc/PID/stat.
func ticks(text string) time.Duration {
	n, _ := strconv.Atoi(text)
	return time.Duration(n) * 10 * time.Millisecond
}

// since is how many processors were used since before, on average.
func (p processors) since(before processors) string {
	over := p.at.Sub(before.at)
	used := map[string]time.Duration{}
	for id, now := range p.started {
		used[now.name] += now.used - before.started[id].used
	}
	share := func(d time.Duration) float64 { return float64(d) / float64(over) }
	return fmt.Sprintf("towncrier and sandbox %.2f, PostgreSQL %.2f, Redis %.2f, the machine %.2f, idle %.2f",
		share(used["towncrier"]+used["soak.test"]), share(used["postgres"]), share(used["redis-server"]), share(p.busy-before.busy), share(p.idle-before.idle))
}
