import { ObjectsSkeleton } from '@/components/objects/skeleton'

export default function Loading() {
  return <ObjectsSkeleton />
}
