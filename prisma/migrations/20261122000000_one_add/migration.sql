-- One pool of a name is made at a time: two would be one field manager, and the later one silently win. Prisma's schema cannot say a partial index.
CREATE UNIQUE INDEX "Operation_running_add" ON "Operation"("clusterUid", ("spec"->>'pool')) WHERE "kind" = 'add' AND "state" = 'running';
