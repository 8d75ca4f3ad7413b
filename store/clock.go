package store

import (
	"strconv"
	"time"
)

// clocksDiffer is by how much the clocks of processes may differ. What was written later than that from now on was written by a clock
// that has been set back since.
const clocksDiffer = 5 * time.Minute

// over is the condition that what lasts until the instant in column is over at the instant of a parameter, in milliseconds. What lasts
// further on than the longest that it is ever made for was written by a clock that has been set back since, and is over too.
func over(column, parameter string, longest time.Duration) string {
	return `(` + column + ` <= ` + parameter + ` OR ` + column + ` > ` + beyond(parameter, longest+clocksDiffer) + `)`
}

// beyond is what lies so long after the instant of a parameter.
func beyond(parameter string, d time.Duration) string {
	return `CAST(` + parameter + ` AS BIGINT) + ` + strconv.FormatInt(d.Milliseconds(), 10)
}
