-- DropIndex
DROP INDEX "secret_versions_state_key";
