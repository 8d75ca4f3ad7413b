package cli

import "testing"

// TestRightsCommand asks no server and needs no key.
func TestRightsCommand(t *testing.T) {
	out := ok(t, nil, "rights")
	wantIn(t, out, "POST /broadcasts/{id}/approve", "审批群发（broadcasts.approve）", "审批员 approver", "POST /activate", "不需要密钥", "所有角色")
	wantIn(t, ok(t, nil, "rights", "--markdown"), "| `GET /me` | any key 任何密钥 | ✓ | ✓ | ✓ | ✓ | ✓ |")
}
