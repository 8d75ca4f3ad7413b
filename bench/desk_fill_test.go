package bench

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"
)

// The size of a city. What is there once is copied many times, from the first sample residents and the broadcasts that are over.
const (
	sample     = 500
	residents  = 1_000_000
	committees = 300
	broadcasts = 5_000
	ticketsAll = 100_000
	audited    = 200_000
)

// fill makes a small city as large as life, by SQL.
func (d dialect) fill(b *testing.B, raw *sql.DB) {
	b.Helper()
	begun := time.Now()
	words := strings.NewReplacer(
		"$random", d.random, "$id", fmt.Sprintf(d.pad, "n.i"), "$sample", fmt.Sprint(sample), "$committees", fmt.Sprint(committees),
		"$residents", numbersTo(residents), "$broadcasts", numbersTo(broadcasts), "$fewer", numbersTo(committees), "$minutes", numbersTo(300),
		"$copies", numbersTo(ticketsAll/40), "$entries", numbersTo(audited), "$hundred", numbersTo(100),
		"$number", fmt.Sprintf(d.pad, "1000 * n.i + t.at"), "$group", fmt.Sprintf(d.pad, "1000 * n.i + g.at"),
	)
	tx, err := raw.BeginTx(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer tx.Rollback()
	for _, query := range fills {
		if _, err := tx.ExecContext(b.Context(), words.Replace(query)); err != nil {
			b.Fatalf("%s: %v", words.Replace(query), err)
		}
		b.Logf("%.70q at %v", query, time.Since(begun).Round(100*time.Millisecond))
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
	for _, query := range d.settle {
		if _, err := raw.ExecContext(b.Context(), query); err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("%s is filled after %v", d.name, time.Since(begun).Round(time.Second))
}

// numbersTo is a table n of the numbers i from 1 on.
func numbersTo(last int) string {
	return fmt.Sprintf("(WITH RECURSIVE all_of (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM all_of WHERE i < %d) SELECT i FROM all_of) n", last)
}

var fills = []string{
	`INSERT INTO committee (code, name, street, area) SELECT 'size-' || n.i, '第' || n.i || '社区居委会', '第' || n.i / 20 || '街道', '盐湖区' FROM $fewer`,
	`INSERT INTO community (committee, name) SELECT 'size-' || n.i, '小区' || n.i FROM $fewer`,
	`INSERT INTO resident (subject, phone_find, phone, phone_from, openid_find, openid, committee, community, place_from, tags, created_at, updated_at)
		SELECT $random, CASE WHEN r.phone IS NULL THEN NULL ELSE $random END, r.phone, r.phone_from, CASE WHEN r.openid IS NULL THEN NULL ELSE $random END, r.openid,
			'size-' || (1 + n.i % $committees), '小区' || (1 + n.i % $committees), r.place_from, r.tags, r.created_at, r.updated_at
		FROM $residents JOIN resident r ON r.id = 1 + n.i % $sample`,
	`INSERT INTO consent (resident, what, given_at, how, basis)
		SELECT r.id, c.what, c.given_at, c.how, c.basis FROM resident r JOIN consent c ON c.resident = 1 + r.id % $sample WHERE r.id > $sample`,
	`INSERT INTO preference (resident, topic, channel, wants, chosen_at)
		SELECT r.id, p.topic, p.channel, p.wants, p.chosen_at FROM resident r JOIN preference p ON p.resident = 1 + r.id % $sample WHERE r.id > $sample`,
	`INSERT INTO suppression (phone_find, reason, at) SELECT phone_find, 'stopped', updated_at FROM resident WHERE id > $sample AND id % 20 = 0 AND phone_find IS NOT NULL`,
	`INSERT INTO sms_stop (phone_find, phone, via, at, made) SELECT phone_find, phone, 'chat', updated_at - 1000 * id, 1 FROM resident WHERE id > $sample AND id % 20 = 0 AND phone_find IS NOT NULL`,
	`INSERT INTO broadcast (id, version, status, committee, author, topic, emergency, doubtful, wait, doc, freezing_at, frontier, last, frozen, frozen_at, ended_at, forgotten_at, as_of, doubted, approver, dated, words)
		SELECT 'B' || $id, b.version, b.status, b.committee, b.author, b.topic, b.emergency, b.doubtful, b.wait, replace(b.doc, b.id, 'B' || $id), b.freezing_at - 86400000 * CAST(n.i % 1000 AS BIGINT), b.frontier,
			b.last, b.frozen, b.frozen_at, b.ended_at, b.forgotten_at, b.as_of, b.doubted, b.approver, b.dated - 86400000 * CAST(n.i % 1000 AS BIGINT), b.words || n.i
		FROM $broadcasts JOIN broadcast b ON b.num = 1 + n.i % 8 ORDER BY n.i`,
	`INSERT INTO broadcast_committee (committee, broadcast) SELECT 'size-' || (1 + b.num % $committees), b.num FROM broadcast b WHERE b.id LIKE 'B00%'`,
	`INSERT INTO broadcast_committee (committee, broadcast) SELECT 'demo-1', b.num FROM broadcast b WHERE b.id LIKE 'B00%' AND b.num % 4 = 0`,
	`INSERT INTO tally (broadcast, channel, state, part, n)
		SELECT c.num, t.channel, t.state, t.part, t.n FROM $broadcasts JOIN broadcast c ON c.id = 'B' || $id JOIN tally t ON t.broadcast = 1 + n.i % 8`,
	`INSERT INTO arrival (broadcast, minute, channel, part, accepted, delivered, failed)
		SELECT c.num, t.minute, t.channel, t.part, t.accepted, t.delivered, t.failed FROM $broadcasts JOIN broadcast c ON c.id = 'B' || $id JOIN arrival t ON t.broadcast = 1 + n.i % 8`,

	// The newest went to everybody.
	`INSERT INTO broadcast (id, version, status, committee, author, topic, emergency, doubtful, wait, doc, freezing_at, frontier, last, frozen, frozen_at, ended_at, forgotten_at, as_of, doubted, approver, dated, words)
		SELECT 'BTOALLTOALL', b.version, b.status, b.committee, b.author, b.topic, b.emergency, b.doubtful, b.wait, replace(b.doc, b.id, 'BTOALLTOALL'), b.freezing_at, b.frontier,
			(SELECT count(*) FROM resident), (SELECT count(*) FROM resident), b.frozen_at, b.ended_at, b.forgotten_at, b.as_of, b.doubted, b.approver, b.dated, b.words FROM broadcast b WHERE b.num = 1`,
	`INSERT INTO recipient (broadcast, n, resident, subject, given) SELECT (SELECT max(num) FROM broadcast), row_number() OVER (ORDER BY id), id, subject, 1 FROM resident`,
	`INSERT INTO claim (broadcast, channel, first, last, at, sending, handle, waiting, open)
		SELECT (SELECT max(num) FROM broadcast), 'sms', 1, 1000000, 1794189613000, 0, 'H', 0, 0`,
	`INSERT INTO delivery (broadcast, recipient, resident, channel, round, claim, tries, state, parts, updated_at)
		SELECT p.broadcast, p.n, p.resident, 'sms', 1, (SELECT max(id) FROM claim), 1, CASE p.n % 20 WHEN 0 THEN 'undelivered' WHEN 1 THEN 'accepted' ELSE 'delivered' END, 1, 1794189622000
		FROM recipient p WHERE p.broadcast = (SELECT max(num) FROM broadcast)`,
	`INSERT INTO tally (broadcast, channel, state, part, n)
		SELECT d.broadcast, d.channel, d.state, 0, count(*) FROM delivery d WHERE d.broadcast = (SELECT max(num) FROM broadcast) GROUP BY d.broadcast, d.channel, d.state`,
	`INSERT INTO arrival (broadcast, minute, channel, part, accepted, delivered, failed) SELECT (SELECT max(num) FROM broadcast), 29903160 + n.i, 'sms', 0, 3300, 3000, 150 FROM $minutes`,
	`INSERT INTO broadcast_committee (committee, broadcast) SELECT c.code, (SELECT max(num) FROM broadcast) FROM committee c`,

	`INSERT INTO ticket (number, grp, kind, status, topic, asker, asker_id, text, place, owner, answer, filed_at, due_at, answered_at, closed_at, told_at, tries, deferred, phone_find, phone, messages, settled_by, intent)
		SELECT $number, $group, t.kind, t.status, t.topic, t.asker, t.asker_id, t.text, t.place, t.owner, t.answer, t.filed_at - 1000 * n.i, t.due_at, t.answered_at, t.closed_at, t.told_at,
			t.tries, t.deferred, t.phone_find, t.phone, t.messages, t.settled_by, t.intent
		FROM $copies CROSS JOIN (SELECT ticket.*, row_number() OVER (ORDER BY number) AS at FROM ticket) t
		JOIN (SELECT number, row_number() OVER (ORDER BY number) AS at FROM ticket) g ON g.number = t.grp ORDER BY n.i, t.at`,

	`INSERT INTO numbers_export (id, committee, why, asked_by, asked_at, confirmed_by, confirmed_at)
		SELECT 'E' || $id, '', '核对', 'staff:rehearsal-admin', 1794189622000, 'staff:rehearsal-admin2', 1794189622000 FROM $hundred`,
	`INSERT INTO audit (seq, actor, action, subject, detail, at, hash, origin)
		SELECT (SELECT max(seq) FROM audit) + n.i, a.actor, a.action, a.subject, a.detail, a.at, a.hash, a.origin FROM $entries JOIN audit a ON a.seq = 1 + n.i % 100`,
	`DELETE FROM audit_mark WHERE name = 'head'`, // acts are recorded behind what was put in
}
