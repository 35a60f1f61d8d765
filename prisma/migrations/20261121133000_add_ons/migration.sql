-- AlterEnum
ALTER TYPE "OperationKind" ADD VALUE 'addon';
