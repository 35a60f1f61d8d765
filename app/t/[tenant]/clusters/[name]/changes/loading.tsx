import { ChangesSkeleton } from '@/components/rollout/skeletons'

export default function Loading() {
  return <ChangesSkeleton />
}
