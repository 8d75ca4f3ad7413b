-- +goose Up

-- A WeChat call that is in doubt is over: only one that is under way keeps another to the same follower from beginning.
DROP INDEX delivery_wechat;
CREATE UNIQUE INDEX delivery_wechat ON delivery (resident) WHERE channel <> 'sms' AND state = 'sending';
CREATE INDEX delivery_wechat_doubt ON delivery (resident) WHERE channel <> 'sms' AND state = 'in_doubt';

-- 1: some of its deliveries are unknown early, and fallback is yet to go on from them, as the official chose.
ALTER TABLE claim ADD COLUMN lost BIGINT NOT NULL DEFAULT 0;
CREATE INDEX claim_lost ON claim (at) WHERE lost = 1;
