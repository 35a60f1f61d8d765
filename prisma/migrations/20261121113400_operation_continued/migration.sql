-- AlterTable
ALTER TABLE "Operation" ADD COLUMN     "continuedAt" TIMESTAMP(3);
