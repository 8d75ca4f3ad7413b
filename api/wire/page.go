package wire

// Page is a part of a list.
type Page[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"Give it back as after to go on; absent at the end"`
}

// WriteNext writes where the list goes on as clients read it.
func (p *Page[T]) WriteNext(cursor func(place string) string) { p.Next = cursor(p.Next) }
