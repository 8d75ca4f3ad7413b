package doctor_test

import (
	"context"
	"errors"
	"testing"

	"towncrier/cmd/towncrier/doctor"
)

func TestContentInForce(t *testing.T) {
	for name, c := range map[string]struct {
		is   doctor.Content
		err  error
		want []string
	}{
		"a folder":        {doctor.Content{}, nil, []string{"ok nothing was published yet"}},
		"a revision":      {doctor.Content{Revision: 7}, nil, []string{"ok revision 7 answers"}},
		"a later program": {doctor.Content{Revision: 7, Refused: 8}, nil, []string{"fault revision 8 of the content is not served / towncrier content rollback 7"}},
		"another folder":  {doctor.Content{Revision: 7, Folder: "/srv/city"}, nil, []string{"warning /srv/city says something / towncrier content import"}},
		"no database":     {doctor.Content{}, errors.New("closed"), []string{"unchecked cannot be read: closed"}},
	} {
		finds(t, name, doctor.ContentInForce(func(context.Context) (doctor.Content, error) { return c.is, c.err }), c.want...)
	}
}
