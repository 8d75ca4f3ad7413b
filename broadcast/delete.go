package broadcast

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"towncrier/audit"
)

// ErrNotWriter says that only who wrote a draft may delete it.
var ErrNotWriter = errors.New("只有写过这份草稿的人可以删除它：请他们删除，或者取消它（cancel）")

// NotDraftError says why a broadcast cannot be deleted: only a draft that certainly was never sent can. Its text is for officials.
type NotDraftError struct {
	Status  Status
	PutBack bool // the database was put back from a backup, after which it may have been sent
}

func (e *NotDraftError) Error() string {
	if e.PutBack {
		return "不能删除：数据库曾从备份恢复，这条群发在备份之后可能已经发出。不再使用的，可以取消它（cancel）"
	}
	return fmt.Sprintf("只能删除草稿，这条群发的状态是“%s”：不再发送的，可以取消它（cancel）；还要改的，修改后（edit）会变回草稿", e.Status.Label())
}

// Delete removes a draft for good, and its test sends with it. Somebody who wrote in it may, while it certainly was never sent. ErrNoBroadcast,
// ErrNotWriter, NotDraftError.
func (s *Service) Delete(ctx context.Context, by Official, id string) error {
	err := s.Store.Delete(ctx, id, func(b Broadcast) (audit.Act, error) {
		switch {
		case !by.sees(b):
			return audit.Act{}, ErrNoBroadcast
		case b.Status != Draft || !b.BegunAt.IsZero() || b.wasPutBack():
			return audit.Act{}, &NotDraftError{b.Status, b.Status == Draft && b.wasPutBack()}
		case !slices.Contains(b.Editors, by.ID):
			return audit.Act{}, ErrNotWriter
		}
		return s.act(audit.Staff(by.ID), "delete", b), nil
	})
	if err = s.orCitys(ctx, by, id, err); err != nil {
		return fmt.Errorf("delete a broadcast: %w", err)
	}
	return nil
}
