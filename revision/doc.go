// Package revision keeps what a city says as revisions: a revision is a city's whole folder, immutable and numbered, and the newest
// one is in force. While there is none, the folder that a process was started with is in force.
//
//	draft ── Submit ──> submitted ── Publish, by another ──> published: the next revision
//	  ^  └── Drop ──> dropped  │
//	  └───── Return, or a change ┘
//
// A draft is a set of changed files on the folder that its author saw. What two people sign is a hash over that folder, the folder that
// it leads to, what the author accepted, and what is to be sent and stops by it; so a draft whose base is no longer in force cannot be
// published: Rebase merges it, file by file, and it is submitted anew. So is one that would stop more by now.
//
// A withdrawal is a revision of its own, by one person and at once, whatever is in draft. Nothing else withdraws in one step, and nothing
// but Reinstate, or a draft that names the notice, brings a withdrawn notice back. Its file may be removed; what is written under its ID after
// that is a new notice, by two people.
package revision
