-- AlterEnum
ALTER TYPE "OperationKind" ADD VALUE 'controlPlane';
