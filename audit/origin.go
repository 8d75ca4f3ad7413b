package audit

import "context"

// Origin is whence somebody acts: the client's address, and the id of the key or of the session by which they were known.
type Origin struct{ Address, Key, Session string }

func (o Origin) String() string {
	switch {
	case o.Address == "":
		return ""
	case o.Key != "":
		return "address=" + o.Address + " key=" + o.Key
	case o.Session != "":
		return "address=" + o.Address + " session=" + o.Session
	}
	return "address=" + o.Address
}

type originKey struct{}

// WithOrigin has every act that is recorded under ctx say whence it came. The face that takes a request fills origin in as
// it learns of it; what is recorded reads it then.
func WithOrigin(ctx context.Context, origin *Origin) context.Context {
	return context.WithValue(ctx, originKey{}, origin)
}

// OriginOf is what WithOrigin gave ctx, as text; "" for none.
func OriginOf(ctx context.Context) string {
	if o, ok := ctx.Value(originKey{}).(*Origin); ok {
		return o.String()
	}
	return ""
}
