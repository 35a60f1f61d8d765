-- DropIndex
DROP INDEX "Operation_state_idx";

-- AlterTable
ALTER TABLE "Operation" ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "groups" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "holder" TEXT,
ADD COLUMN     "leaseUntil" TIMESTAMP(3);

-- CreateTable
CREATE TABLE "Rollout" (
    "id" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "clusterUid" TEXT NOT NULL,
    "cluster" TEXT NOT NULL,
    "change" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "startedAt" TIMESTAMP(3) NOT NULL,
    "endedAt" TIMESTAMP(3),
    "story" JSONB NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "Rollout_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Rollout_clusterUid_startedAt_idx" ON "Rollout"("clusterUid", "startedAt");

-- CreateIndex
CREATE INDEX "Rollout_tenant_startedAt_idx" ON "Rollout"("tenant", "startedAt");

-- CreateIndex
CREATE INDEX "Operation_state_leaseUntil_idx" ON "Operation"("state", "leaseUntil");

-- One open story a cluster, whichever replica opens it. Prisma's schema cannot say a partial index.
CREATE UNIQUE INDEX "Rollout_open" ON "Rollout"("clusterUid") WHERE "endedAt" IS NULL;
