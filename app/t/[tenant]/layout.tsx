import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { TenantLive } from '@/components/live/tenant-live'
import { Revoked } from '@/components/shell/revoked'
import { Shell } from '@/components/shell/shell'
import { tenantPage } from '@/server/pages'
import {
  addPool, adoptCluster, changeAddresses, changeControlPlane, changePool, continueCreate, continueUpgrade, createCluster, deleteCluster, letGo, lookAtMachine, lookIntoCluster, pauseUpgrade,
  removeAddOn, removeCluster, removeMachine, removePool, replaceMachine, restartPool, reviewAddresses, reviewControlPlane, reviewPoolAdd, reviewPoolChange, reviewPoolRestart, reviewUpgrade, reviewAddOn, saveAddOn,
  scalePool, startUpgrade, stopUpgrade, unstick,
} from './actions'

interface Props {
  readonly params: Promise<{ tenant: string }>
  readonly children: ReactNode
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const name = (await params).tenant
  return { title: { default: name, template: `%s · ${name} · Tenantry` } }
}

export default async function TenantLayout({ params, children }: Props) {
  const name = (await params).tenant
  const { session, tenants, access, state, identities, sharedPools, zones } = await tenantPage(name)
  const displayName = tenants.find((tenant) => tenant.name === name)?.displayName ?? name
  const actions = {
    createCluster, continueCreate, removeCluster, deleteCluster, adoptCluster, scalePool, unstick, letGo, lookIntoCluster, reviewAddresses, changeAddresses,
    reviewPoolChange, changePool, reviewPoolAdd, addPool, reviewPoolRestart, restartPool, removePool,
    reviewControlPlane, changeControlPlane, reviewAddOn, saveAddOn, removeAddOn,
    reviewUpgrade, startUpgrade, pauseUpgrade, continueUpgrade, stopUpgrade, lookAtMachine, replaceMachine, removeMachine,
  }
  return (
    <TenantLive key={name} tenant={{ name, displayName, tenants, session, access, identities, sharedPools, zones, actions }} initial={state} revoked={<Revoked tenant={displayName} />}>
      <Shell>{children}</Shell>
    </TenantLive>
  )
}
