package store

// trigger is what the databases do by themselves, in the same transaction, when a statement of any kind changes personal data.
type trigger struct {
	table, event string
	when         string // the condition on the row before and after
	does         string

	sqlite, postgres string // its name; PostgreSQL has one for two events
	// rehashed says that a new finding key would set it off, because the hash of what did not change changes: RotateFinding mutes it.
	rehashed bool
}

// triggers are all there are, in both databases: a test compares them with the catalogues. They hold what must hold for every writer:
//
//   - A number that leaves its resident, because that is removed or gets another number, leaves every list of numbers.
//   - A number that is suppressed as erased leaves every list too, also when no resident has it.
//   - A consent to WeChat's notifications was given with an openid: when that goes, the consents go.
//
// A number that passes from one resident to another leaves its lists too, although it is suppressed or removed nowhere. What belongs to a
// row goes with it by foreign keys, see cascades.
var triggers = []trigger{
	{"resident", "DELETE", "old.phone_find is not null",
		"DELETE FROM list_number WHERE phone_find = OLD.phone_find", "resident_removed", "resident_removed", false},
	{"resident", "UPDATE OF phone_find", "old.phone_find <> new.phone_find or new.phone_find is null",
		"DELETE FROM list_number WHERE phone_find = OLD.phone_find", "resident_number", "resident_number", true},
	{"resident", "UPDATE OF openid_find", "old.openid_find <> new.openid_find or new.openid_find is null",
		"DELETE FROM subscription WHERE resident = OLD.id", "resident_openid", "resident_openid", true},
	{"suppression", "INSERT", "new.reason = 'erased'",
		"DELETE FROM list_number WHERE phone_find = NEW.phone_find", "suppression_added", "suppression_added", false},
	{"suppression", "UPDATE", "new.reason = 'erased'",
		"DELETE FROM list_number WHERE phone_find = NEW.phone_find", "suppression_changed", "suppression_added", false},
}

// cascades are the tables whose rows go with a row of another, by a foreign key with ON DELETE CASCADE, in both databases.
var cascades = []struct{ table, with string }{
	{"community", "committee"},
	{"consent", "resident"},
	{"idempotency", "resident"}, // an answer that tells of a resident
	{"preference", "resident"},
	{"subscription", "resident"},
	{"ticket_hold", "ticket"},
	{"ticket_message", "ticket"},
	{"ticket_note", "ticket"},
	{"ticket_proposal", "ticket"},
}
