import { ChangeMissing } from '@/components/rollout/change-missing'

export default function NotFound() {
  return <ChangeMissing />
}
