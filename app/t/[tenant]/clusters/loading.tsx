import { ListSkeleton } from '@/components/cluster/list-skeleton'

export default function Loading() {
  return <ListSkeleton />
}
