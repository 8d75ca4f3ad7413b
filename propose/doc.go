// Package propose makes of a notice's text what an author would begin with: the notice cut into numbered passages, and for each subject
// the questions that residents ask of any notice, each answered with the passages that bear on it or declared silent.
//
//	text ── Paste ──> Notice ── Cut, Merge ──> Notice ── Intents ──> proposed intents, with Utterances
//
// Its rules are tables: of headings and words by which a passage bears on a question (questions.go), of the forms in which people ask
// (forms.go), of what ends the name of an office (header.go). Nothing is made up: an answer
// quotes passages, and what no passage says it calls unsaid. One answer quotes them all, for whatever the others are not surely meant for.
//
// The same text gives the same proposal in the same city. It reads and writes nothing.
package propose
