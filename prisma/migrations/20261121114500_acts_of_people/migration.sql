-- What people did lately, of all tenants: each replica reads it every few seconds. Prisma's schema cannot say a partial index.
CREATE INDEX "TimelineEntry_acts" ON "TimelineEntry"("at") WHERE "who" IS NOT NULL;
