package intents

import (
	"math"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Matcher ranks intents for a text. Immutable after Train; safe for concurrent use.
type Matcher struct {
	ids         []string // class -> intent; one more class, the last, is what no intent answers
	byID        []int32  // classes in the order of their IDs
	domain      []int32  // class -> the part of its ID before the dot
	followers   [][]int32
	class       map[string]int32
	asks        map[string]struct{} // intents with a slot for a name of housing
	exact       map[uint64]int32    // hash of an utterance, word for word -> class
	said        sayings
	fillers     *trie
	lexicon     *lexicon
	finder      *finder
	vocabulary  map[uint64]int32
	rarity      []float32 // by feature
	linear      *linear
	index       *index
	urgent      []urgentWord
	matters     matters
	written     []bool // class -> an author has written as many utterances as an answer needs
	calibration Calibration
	lessons     Lessons
	pool        sync.Pool
}

// Train builds a Matcher. gazetteer names the values of each slot's table, by table name. The same set and gazetteer
// give the same Matcher.
func Train(set *Set, gazetteer map[string][]Entry) *Matcher {
	m := train(set, gazetteer, documents(set), compiled())
	m.lessons = LessonsOf(set, gazetteer)
	return m
}

// document is one text to learn from.
type document struct {
	text  string
	class int32
}

// minClause is how many characters of a clause say something.
const minClause = 4

// documents lists what a set teaches: utterances, titles and clauses of what is quoted whole by intent, then the negatives.
func documents(set *Set) []document {
	var docs []document
	for c, in := range set.Intents {
		for _, u := range in.Utterances {
			docs = append(docs, document{u, int32(c)})
		}
		docs = append(docs, document{in.Title, int32(c)})
		for _, text := range in.Quotes { // what is published of a matter is what is asked of it
			for clause := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("，。；：！？、,;:()（）", r) }) {
				if utf8.RuneCountInString(clause) >= minClause {
					docs = append(docs, document{clause, int32(c)})
				}
			}
		}
	}
	for _, n := range set.Negatives {
		docs = append(docs, document{n, int32(len(set.Intents))})
	}
	return docs
}

func train(set *Set, gazetteer map[string][]Entry, docs []document, calibration Calibration) *Matcher {
	m := untrained(set, gazetteer, calibration)
	m.learn(docs, maxRows)
	m.learnMatters(set)
	return m
}

// untrained knows the intents and the names, and no text yet.
func untrained(set *Set, gazetteer map[string][]Entry, calibration Calibration) *Matcher {
	m := &Matcher{
		class: map[string]int32{}, exact: map[uint64]int32{}, asks: map[string]struct{}{},
		said: sayings{with: map[rune][]int32{}}, fillers: newTrie(), lexicon: newLexicon(set.Lexicon), calibration: calibration,
	}
	m.finder = newFinder(set, gazetteer, m.lexicon)
	for _, w := range set.Fillers {
		add(m.fillers, []rune(key(w)), 0)
	}
	m.pool.New = func() any { return newScratch() }
	domains := map[string]int32{}
	for c, in := range set.Intents {
		m.ids = append(m.ids, in.ID)
		m.class[in.ID] = int32(c)
		if slices.ContainsFunc(in.Slots, func(s Slot) bool { return s.Name == placeSlot }) {
			m.asks[in.ID] = struct{}{}
		}
		name, _, _ := strings.Cut(in.ID, ".")
		if _, ok := domains[name]; !ok {
			domains[name] = int32(len(domains))
		}
		m.domain = append(m.domain, domains[name])
		m.byID = append(m.byID, int32(c))
		m.written = append(m.written, in.Written >= MinUtterances)
		for _, w := range in.Urgent {
			m.urgent = append(m.urgent, urgentWord{key(w), in.ID})
		}
	}
	slices.SortFunc(m.byID, func(a, b int32) int { return strings.Compare(m.ids[a], m.ids[b]) })
	for _, in := range set.Intents {
		var next []int32
		for _, id := range in.FollowUps {
			if c, ok := m.class[id]; ok {
				next = append(next, c)
			}
		}
		m.followers = append(m.followers, next)
	}
	return m
}

// learn makes the vocabulary, the linear machine and the index from docs, of which a class learns from at most most.
func (m *Matcher) learn(docs []document, most int) {
	e, features := m.rows(docs)
	m.index = newIndex(e, features)
	m.linear = fit(e, m.index, len(m.ids)+1, most)
}

// rows reads docs, makes the vocabulary of them, and says how many features it has.
func (m *Matcher) rows(docs []document) (e *examples, features int) {
	s := newScratch()
	rows := make([][]uint64, len(docs))
	seen := make(map[uint64]int32, 16*len(docs))
	for i, d := range docs {
		m.read(s, d.text, Context{})
		if _, ok := m.exact[s.words]; !ok {
			m.exact[s.words] = d.class
		}
		if int(d.class) < len(m.ids) {
			m.said.add(s.text, d.class)
		}
		rows[i] = slices.Clone(s.keysOf(m.lexicon))
		for _, k := range rows[i] {
			seen[k]++
		}
	}
	m.vocabulary = make(map[uint64]int32, len(seen))
	var counts []int32
	for _, keys := range rows {
		for _, k := range keys {
			if isSparse(k) && seen[k] < 2 {
				continue
			}
			if _, ok := m.vocabulary[k]; !ok {
				m.vocabulary[k] = int32(len(counts))
				counts = append(counts, seen[k])
			}
		}
	}
	m.rarity = make([]float32, len(counts))
	for f, n := range counts {
		m.rarity[f] = float32(math.Pow(1+math.Log(float64(len(docs))/float64(n)), rarityPower))
	}
	e = &examples{start: make([]int32, 1, len(docs)+1)}
	for i, d := range docs {
		s.vector.vectorise(rows[i], m.vocabulary, m.rarity)
		e.add(&s.vector, d.class)
	}
	return e, len(counts)
}

// rarityPower tempers the inverse document frequency of features.
const rarityPower = 0.25

// read prepares s.units and s.slots for text.
func (m *Matcher) read(s *scratch, text string, in Context) {
	s.text = normalise(text, s.text)
	s.words = hash(s.text)
	s.text = strip(s.text, m.fillers, s.spare)
	s.units = split(s.text, s.units[:0], s.sounds)
	_, asked := m.asks[in.Topic]
	s.slots = m.finder.mask(s, asked)
}

// nearWeight is how much the likest utterance counts beside the linear machine.
const nearWeight = 0.3

// Match ranks the intents for text, said in context.
func (m *Matcher) Match(text string, in Context) Match {
	s := m.pool.Get().(*scratch)
	defer m.pool.Put(s)
	match := Match{Ranked: m.judge(s, text, in)}
	match.Slots = s.slots
	m.decide(s, &match, in)
	if m.whole(s, &match) || match.Decision != Answer {
		m.prefer(s, &match)
	}
	return match
}

// judge ranks the intents for text and leaves in s what the decision rests on.
func (m *Matcher) judge(s *scratch, text string, in Context) []Scored {
	m.read(s, text, in)
	s.vector.vectorise(s.keysOf(m.lexicon), m.vocabulary, m.rarity)
	s.vector.size = len(s.units)
	s.scores = m.linear.score(&s.vector, s.scores)
	m.index.nearest(s, len(m.ids)+1)
	for c := range s.scores {
		s.scores[c] += nearWeight * s.nearest[c]
	}
	m.nudge(s, in)
	return m.rank(s)
}

// nudge makes the neighbours of the topic under discussion likelier. An ellipsis is short (那大型犬呢, 谁出钱) and gets up
// to 0.8, about the lead of a clear answer; a sentence of ten characters says its topic itself and gets a seventh of it.
func (m *Matcher) nudge(s *scratch, in Context) {
	topic, ok := m.class[in.Topic]
	if !ok || len(s.units) == 0 {
		return
	}
	by := float32(math.Min(0.8, 12/float64(len(s.units)*len(s.units))))
	for c := range m.ids {
		if m.domain[c] == m.domain[topic] {
			s.scores[c] += by
		}
	}
	for _, c := range m.followers[topic] {
		s.scores[c] += by / 2
	}
}

// rank sorts the intents by score, by ID among equals. What it sorts are integers, a score above a place in the order of
// IDs: 1.6 us for 57 intents, where comparing the intents themselves takes 4.5.
func (m *Matcher) rank(s *scratch) []Scored {
	s.order = s.order[:0]
	for i, c := range m.byID {
		s.order = append(s.order, uint64(^ascending(s.scores[c]))<<32|uint64(i))
	}
	slices.Sort(s.order)
	ranked := make([]Scored, len(m.ids))
	for i, k := range s.order {
		c := m.byID[uint32(k)]
		ranked[i] = Scored{ID: m.ids[c], Score: float64(s.scores[c])}
	}
	return ranked
}

// ascending is an integer that lies among others as x does among floats.
func ascending(x float32) uint32 {
	bits := math.Float32bits(x + 0) // no -0
	if bits>>31 != 0 {
		return ^bits
	}
	return bits | 1<<31
}
