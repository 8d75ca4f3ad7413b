package wire

import "time"

// AuditEntry is an entry of the audit log.
type AuditEntry struct {
	Seq         int64     `json:"seq"`
	At          time.Time `json:"at"`
	Actor       string    `json:"actor" doc:"kind:name, such as staff:wang or system:retention; resident for a resident about themselves"`
	ActorName   string    `json:"actor_name,omitempty" doc:"Of staff"`
	Action      string    `json:"action" doc:"noun.verb"`
	ActionLabel string    `json:"action_label" doc:"What officials read for it"`
	Subject     string    `json:"subject,omitempty"`
	SubjectName string    `json:"subject_name,omitempty" doc:"Of a member of staff or a committee that it is about"`
	Detail      string    `json:"detail,omitempty"`
	DetailLabel string    `json:"detail_label,omitempty" doc:"What officials read for it"`
	Origin      string    `json:"origin,omitempty" doc:"For acts over the API: the client's address and the id of the key"`
	Hash        string    `json:"hash" doc:"Hexadecimal; chains the entry to the one before"`
}

// AuditProof is what verifying the audit log found.
type AuditProof struct {
	Whole    bool   `json:"whole"`
	Entries  int64  `json:"entries,omitempty" doc:"Seq of the newest entry"`
	Hash     string `json:"hash,omitempty" doc:"Hash of the newest entry, to keep elsewhere and compare later"`
	BrokenAt int64  `json:"broken_at,omitempty" doc:"Seq of the first bad place"`
	Fault    string `json:"fault,omitempty" doc:"What is wrong there"`
}
