-- +goose Up

-- Keys of this version end in a later step: nothing is left that was compared with their secrets.
UPDATE staff_key SET secret = x'';
