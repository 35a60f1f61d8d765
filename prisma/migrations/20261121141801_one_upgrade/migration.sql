-- One unfinished upgrade of a cluster at a time, whichever replica is asked. Prisma's schema cannot say a partial index.
CREATE UNIQUE INDEX "Operation_unfinished_upgrade" ON "Operation"("clusterUid") WHERE "kind" = 'upgrade' AND "state" IN ('running', 'interrupted');
