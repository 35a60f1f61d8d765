-- AlterEnum
-- PostgreSQL lets nobody use a new value in the transaction that adds it: the index is a migration of its own.
ALTER TYPE "OperationKind" ADD VALUE 'replaceMachine';
ALTER TYPE "OperationKind" ADD VALUE 'removeMachine';
ALTER TYPE "OperationKind" ADD VALUE 'upgrade';
