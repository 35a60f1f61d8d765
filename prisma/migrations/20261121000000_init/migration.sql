-- CreateEnum
CREATE TYPE "OperationKind" AS ENUM ('create', 'scale', 'delete');

-- CreateEnum
CREATE TYPE "OperationState" AS ENUM ('running', 'interrupted', 'done', 'failed');

-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT NOT NULL,
    "user" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "groups" TEXT[],
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "revokedAt" TIMESTAMP(3),

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Operation" (
    "id" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "cluster" TEXT NOT NULL,
    "clusterUid" TEXT,
    "kind" "OperationKind" NOT NULL,
    "who" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "spec" JSONB NOT NULL,
    "state" "OperationState" NOT NULL,
    "applied" TEXT[],
    "missing" TEXT[],
    "error" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Operation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Audit" (
    "id" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "who" TEXT NOT NULL,
    "tenant" TEXT,
    "action" TEXT NOT NULL,
    "object" TEXT NOT NULL,
    "allowed" BOOLEAN,
    "code" TEXT NOT NULL,

    CONSTRAINT "Audit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TimelineEntry" (
    "key" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "clusterUid" TEXT NOT NULL,
    "cluster" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,
    "subject" TEXT,
    "text" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "who" TEXT,

    CONSTRAINT "TimelineEntry_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "Session_user_idx" ON "Session"("user");

-- CreateIndex
CREATE INDEX "Session_expiresAt_idx" ON "Session"("expiresAt");

-- CreateIndex
CREATE INDEX "Operation_tenant_cluster_idx" ON "Operation"("tenant", "cluster");

-- CreateIndex
CREATE INDEX "Operation_state_idx" ON "Operation"("state");

-- CreateIndex
CREATE INDEX "Audit_tenant_at_idx" ON "Audit"("tenant", "at");

-- CreateIndex
CREATE INDEX "Audit_who_at_idx" ON "Audit"("who", "at");

-- CreateIndex
CREATE INDEX "TimelineEntry_clusterUid_at_idx" ON "TimelineEntry"("clusterUid", "at");

-- One unfinished create of a name at a time, whichever replica is asked. Prisma's schema cannot say a partial index.
CREATE UNIQUE INDEX "Operation_unfinished_create" ON "Operation"("tenant", "cluster") WHERE "kind" = 'create' AND "state" IN ('running', 'interrupted');
