-- AlterEnum
ALTER TYPE "OperationKind" ADD VALUE 'adopt';
