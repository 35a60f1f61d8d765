-- AlterTable
ALTER TABLE "Operation" ADD COLUMN     "namespaceUid" TEXT;
