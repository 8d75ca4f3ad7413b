// Package intents recognises what a resident asks: curated intents, a lexicon and near-domain negatives are trained
// into a Matcher that maps a text to ranked intents with a calibrated confidence, a decision and slots. It is pure:
// no clock, no network, no randomness; the same folder gives the same Matcher, on any number of processors.
//
// # From text to decision
//
// A text is normalised (normalise.go): NFKC, lower case, simplified characters, filler words and everything that is no
// word removed, cut at 240 characters. It becomes units (units.go): characters with their toneless readings, numbers
// by value, Latin letters as pinyin syllables where they can be read so. Names that a slot may take are recognised
// (slots.go), in the gazetteer by characters or by sound, else by the suffix of a housing estate, and masked, so that
// a name which training never saw does not disturb the ranking.
//
// Four groups of features are drawn from the units (features.go), each scaled to a length of its own: character
// 1-3-grams; toneless syllables and pairs of them, in every reading of polyphones, which carry pinyin and homophones;
// concepts of the lexicon and pairs of them; and bigrams of the text with every variant rewritten to its concept.
//
// A linear support vector machine, one against the rest, scores the intents and one class more, what no intent
// answers (svm.go, rivals.go). The cosine of the likest training utterance is added (index.go), and, within a conversation, a
// bonus for the neighbours of the last topic, large for an ellipsis and next to nothing for a whole sentence.
//
// Thirteen signals about the ranking, none about words, go into two logistic regressions (decide.go): the probability
// that the best intent is right, and that any is. Sure of the best, the matcher decides Answer; sure only that
// something fits, Clarify with up to three options; else Decline. A text that is an utterance or a negative word for
// word is settled by that; a bare subject (狗, 充电) of which several intents speak gets a menu. The coefficients are calibration.json, made by Calibrate from texts that were judged by
// matchers which had not seen them (calibrate.go). They know no word, so that they serve any city's content.
//
// # Cost
//
// Train takes about 0.4 s of processor time for 60 intents with 95 utterances each and 3,500 negatives; the Matcher
// weighs about 14 MiB. Match takes about 31 µs and 3 allocations for a question of fifteen characters.
//
// A class learns from at most 10,000 texts (rivals.go), and weights that are zero are not kept, so that both grow with the
// set and not with its square. Up to 10,000 texts that is everything, and nothing is lost. With 300 intents and 20,600 texts,
// 0.13 points of first choices and 0.5 of answers are, for a quarter of the time.
//
// # Measuring
//
// Evaluate asks a Matcher test questions and counts outcomes; Tally and OutTally define them.
package intents
