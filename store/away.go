package store

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// Away says that err is of a database that does not answer: PostgreSQL is stopped, starts, or cannot be reached. It may be back soon.
func Away(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		const connection = "08" // class of SQLSTATE
		stopsOrStarts := []string{"57P01", "57P02", "57P03"}
		return strings.HasPrefix(e.Code, connection) || slices.Contains(stopsOrStarts, e.Code)
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return true
	}
	return slices.ContainsFunc([]error{pgconn.ErrConnClosed, driver.ErrBadConn, io.ErrUnexpectedEOF}, func(lost error) bool { return errors.Is(err, lost) })
}
