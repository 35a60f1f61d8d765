import { ChangeSkeleton } from '@/components/rollout/skeletons'

export default function Loading() {
  return <ChangeSkeleton />
}
