package inbox

import "time"

// WorkingDays is how long a ticket may wait. No national rule sets a term for a city's own inbox; provinces that
// publish one for their 12345 hotline give five working days (Shandong does). It is a default.
const WorkingDays = 5

// due is the last second of the last working day in China, UTC. Saturdays and Sundays do not count. Public
// holidays do: they are announced year by year, and an early date errs on the resident's side.
func due(from time.Time) time.Time {
	y, m, d := from.In(chinaTime).Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, chinaTime)
	for left := WorkingDays; left > 0; {
		day = day.AddDate(0, 0, 1)
		if w := day.Weekday(); w != time.Saturday && w != time.Sunday {
			left--
		}
	}
	return day.AddDate(0, 0, 1).Add(-time.Second).UTC()
}
