package api

import (
	"net/http"
	"time"

	"towncrier/broadcast"
)

// daysOf are the instants from which and before which something happened, for the first and the last day, as officials write them: civil
// days of China, both included. fromAt and toAt are where they were written; "" for a day is no bound.
func daysOf(fromAt, from, toAt, to string) (since, before time.Time, err error) {
	if since, err = dayAt(fromAt, from); err != nil {
		return since, before, err
	}
	last, err := dayAt(toAt, to)
	switch {
	case err != nil || last.IsZero():
		return since, before, err
	case last.Before(since):
		return since, before, refuse(http.StatusUnprocessableEntity, "invalid", "日期前后颠倒", faultAt(toAt, "早于开始日期，请写同一天或更晚的日期"))
	}
	return since, last.AddDate(0, 0, 1), nil
}

// dayAt is the beginning of a day, zero for "".
func dayAt(location, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, broadcast.Zone)
	if err != nil {
		err = refuse(http.StatusUnprocessableEntity, "invalid", "日期不对", faultAt(location, "不是日期，请写成2030-05-08"))
	}
	return day, err
}
