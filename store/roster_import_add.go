package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"
)

// newcomers are residents to add, in the form that the database takes them in. They are made before the transaction.
type newcomers interface {
	add(ctx context.Context, tx *sql.Tx, now sql.NullInt64) error
}

// newSubjects makes ids, 16 bytes each. Those of one transaction begin alike, and later ones with more, because random ones
// would each dirty a page of the index. The ten bytes that follow are random: they do not say in which order of hashes
// their residents are.
func newSubjects(n int) []byte {
	subjects := make([]byte, 16*n)
	rand.Read(subjects) // never fails since Go 1.24
	var began [8]byte
	binary.BigEndian.PutUint64(began[:], uint64(time.Now().UnixMilli()))
	for i := range n {
		copy(subjects[16*i:], began[2:])
	}
	return subjects
}

// sqliteNewcomers are newcomers for SQLite: what is of the same length for all is one value, which the statement cuts, and the rest is
// JSON. That takes a third less time than VALUES, whose parameters are bound one by one.
type sqliteNewcomers struct {
	count, sealed           int // residents, and the length of a sealed number
	subjects, finds, phones []byte
	places                  string             // JSON array: committee, community and tags, packed
	consents                map[agreed]*[]byte // JSON objects: milliseconds, by place
}

// agreed is what many consents have in common.
type agreed struct{ what, how, basis string }

func newSQLite(rows []importRow) (newcomers, error) {
	if len(rows) == 0 {
		return &sqliteNewcomers{}, nil
	}
	n := &sqliteNewcomers{count: len(rows), sealed: len(rows[0].sealed), subjects: newSubjects(len(rows)), consents: make(map[agreed]*[]byte)}
	places := make([]string, len(rows))
	for i, row := range rows {
		n.finds, n.phones = append(n.finds, row.find[:]...), append(n.phones, row.sealed...)
		places[i] = pack(row.Committee, row.Community, tagsText(row.Tags))
		c := row.Consent
		if c.What == "" {
			continue
		}
		key := agreed{c.What, c.How, string(c.Basis)}
		list := n.consents[key]
		if list == nil {
			list = &[]byte{'{'}
			n.consents[key] = list
		} else {
			*list = append(*list, ',')
		}
		*list = fmt.Appendf(*list, `"%d":%d`, i, c.At.UnixMilli())
	}
	if len(n.phones) != n.sealed*n.count {
		return nil, errors.New("sealed numbers differ in length")
	}
	list, err := json.Marshal(places)
	n.places = string(list)
	return n, err
}

func (n *sqliteNewcomers) add(ctx context.Context, tx *sql.Tx, now sql.NullInt64) error {
	if n.count == 0 {
		return nil
	}
	// Nobody else takes ids: SQLite has one writer.
	var first int64
	err := tx.QueryRowContext(ctx, `SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'resident'), 0) + 1`).Scan(&first)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO resident
			(id, subject, phone_find, phone, phone_from, committee, community, place_from, tags, created_at, updated_at)
		SELECT $1 + key, substr($2, 1 + 16 * key, 16), substr($3, 1 + 16 * key, 16), substr($4, 1 + $5 * key, $5), 'import',
			`+unpackFirst+`, `+unpackSecond+`, 'import', `+unpackThird+`, $6, $6
		FROM json_each($7)`, first, n.subjects, n.finds, n.phones, n.sealed, now, n.places)
	if err != nil {
		return wrap("add residents", err)
	}
	for key, list := range n.consents {
		_, err := tx.ExecContext(ctx, `INSERT INTO consent (resident, what, given_at, how, basis)
			SELECT $1 + key, $2, value, $3, $4 FROM json_each($5)`, first, key.what, key.how, key.basis, string(*list)+"}")
		if err != nil {
			return wrap("add consents", err)
		}
	}
	return nil
}

// lengthZero is the character that says 0: those below would be escaped in JSON.
const lengthZero = '0'

// pack puts three texts behind two characters that say how long the first two are, up to 50,000 characters.
func pack(first, second, third string) string {
	b := make([]byte, 0, 2*utf8.UTFMax+len(first)+len(second)+len(third))
	b = utf8.AppendRune(b, lengthZero+rune(utf8.RuneCountInString(first)))
	b = utf8.AppendRune(b, lengthZero+rune(utf8.RuneCountInString(second)))
	return string(append(append(append(b, first...), second...), third...))
}

// What pack put into the column `value`, in SQL.
var (
	firstLong    = `(unicode(value) - ` + strconv.Itoa(lengthZero) + `)`
	secondLong   = `(unicode(substr(value, 2, 1)) - ` + strconv.Itoa(lengthZero) + `)`
	unpackFirst  = `substr(value, 3, ` + firstLong + `)`
	unpackSecond = `substr(value, 3 + ` + firstLong + `, ` + secondLong + `)`
	unpackThird  = `substr(value, 3 + ` + firstLong + ` + ` + secondLong + `)`
)

// postgresNewcomers are newcomers for PostgreSQL.
type postgresNewcomers struct {
	subjects, finds, phones                            [][]byte
	committees, communities, tags, whats, hows, basiss []string
	given                                              []int64
}

func newPostgres(rows []importRow) (newcomers, error) {
	subjects := newSubjects(len(rows))
	c := new(postgresNewcomers)
	for i, row := range rows {
		c.subjects, c.finds, c.phones = append(c.subjects, subjects[16*i:16*i+16]), append(c.finds, rows[i].find[:]), append(c.phones, row.sealed)
		c.committees, c.communities = append(c.committees, row.Committee), append(c.communities, row.Community)
		c.tags, c.whats = append(c.tags, tagsText(row.Tags)), append(c.whats, row.Consent.What)
		c.hows, c.basiss = append(c.hows, row.Consent.How), append(c.basiss, string(row.Consent.Basis))
		c.given = append(c.given, row.Consent.At.UnixMilli())
	}
	return c, nil
}

func (c *postgresNewcomers) add(ctx context.Context, tx *sql.Tx, now sql.NullInt64) error {
	_, err := tx.ExecContext(ctx, `WITH new AS (
			SELECT nextval(pg_get_serial_sequence('resident', 'id')) AS id, rows.*
			FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[])
				AS rows (subject, find, phone, committee, community, tags, what, how, basis, given_at)
		), added AS (
			INSERT INTO resident (id, subject, phone_find, phone, phone_from, committee, community, place_from, tags, created_at, updated_at)
			OVERRIDING SYSTEM VALUE
			SELECT id, subject, find, phone, 'import', committee, community, 'import', tags, $11, $11 FROM new
		)
		INSERT INTO consent (resident, what, given_at, how, basis) SELECT id, what, given_at, how, basis FROM new WHERE what <> ''`,
		c.subjects, c.finds, c.phones, c.committees, c.communities, c.tags, c.whats, c.hows, c.basiss, c.given, now)
	return wrap("add residents", err)
}
