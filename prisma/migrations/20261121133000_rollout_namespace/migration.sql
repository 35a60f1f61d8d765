-- AlterTable
ALTER TABLE "Rollout" ADD COLUMN     "namespaceUid" TEXT;

