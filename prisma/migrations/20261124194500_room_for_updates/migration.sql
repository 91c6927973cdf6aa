-- Every validation updates a key's row. With room in its page the new version needs no entry in any index; in a full page it needs one in each.
ALTER TABLE license_keys SET (fillfactor = 85);
ALTER TABLE activations SET (fillfactor = 90);
