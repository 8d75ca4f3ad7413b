-- +goose Up

-- Keys that one person made on the machine while a city was set up end: its first two admins are invited there, and they invite
-- everybody else.
UPDATE staff_key SET revoked_at = unixepoch() * 1000, secret = x'' WHERE setup = 1 AND revoked_at IS NULL;
ALTER TABLE staff_key DROP COLUMN setup;

-- What its owner calls a key.
ALTER TABLE staff_key ADD COLUMN name TEXT NOT NULL DEFAULT '';

-- The role that an invitation is to: a city whose two admins have activated their keys stays set up when one gets another role.
ALTER TABLE staff_invitation ADD COLUMN role TEXT NOT NULL DEFAULT '';
UPDATE staff_invitation SET role = (SELECT role FROM staff WHERE staff.id = staff_invitation.person);
