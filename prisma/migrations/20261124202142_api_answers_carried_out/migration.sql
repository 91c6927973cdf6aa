-- AlterTable
ALTER TABLE "api_answers" ADD COLUMN     "carried_out" BOOLEAN NOT NULL DEFAULT false;
