-- +goose Up

-- What officials find a broadcast by, beside what it had: who approved it, the date that matters (broadcast.Broadcast.Date), and its words
-- (broadcast.Broadcast.WordsOf). Step 121 fills them for the broadcasts that are there.
ALTER TABLE broadcast ADD COLUMN approver TEXT NOT NULL DEFAULT '';
ALTER TABLE broadcast ADD COLUMN dated BIGINT NOT NULL DEFAULT 0;
ALTER TABLE broadcast ADD COLUMN words TEXT NOT NULL DEFAULT '';

-- The committees whose residents were among the recipients of what the city sent, when these were written down.
CREATE TABLE broadcast_committee (
    committee TEXT NOT NULL,
    broadcast BIGINT NOT NULL,
    PRIMARY KEY (committee, broadcast)
);

INSERT INTO broadcast_committee (committee, broadcast)
SELECT DISTINCT r.committee, b.num FROM broadcast b JOIN recipient p ON p.broadcast = b.num JOIN resident r ON r.id = p.resident
WHERE b.committee = '' AND r.committee IS NOT NULL;
