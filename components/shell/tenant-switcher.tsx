'use client'
import { Check, ChevronsUpDown } from 'lucide-react'
import { clustersHref } from '@/lib/cluster/href'
import { useTenant } from '@/components/live/hooks'
import { Menu, MenuLink } from '@/components/ui/menu'

function Crest({ name }: { name: string }) {
  const letter = (name.replace(/^team-/, '')[0] ?? '?').toUpperCase()
  return <span aria-hidden className="grid size-[22px] shrink-0 place-items-center rounded-[5px] bg-ink text-11 font-semibold leading-none text-on-ink">{letter}</span>
}

export function TenantSwitcher() {
  const { name, displayName, tenants } = useTenant()
  const look = 'mb-3 flex h-10 w-full items-center gap-2 rounded-2 border border-line-strong bg-surface px-2 text-left text-13 font-medium'
  const label = <><Crest name={name} /><span className="min-w-0 flex-1 truncate">{displayName}</span></>
  if (tenants.length < 2) return <div className={look}>{label}</div>
  const trigger = (
    <button type="button" className={`${look} hover:bg-sunken`}>
      {label}
      <span className="sr-only">, switch tenant</span>
      <ChevronsUpDown size={14} aria-hidden className="text-ink-2" />
    </button>
  )
  return (
    <Menu trigger={trigger} align="start" className="max-h-80 w-[200px] overflow-y-auto">
      {tenants.map((tenant) => (
        <MenuLink key={tenant.name} href={clustersHref(tenant.name)} current={tenant.name === name}>
          <Crest name={tenant.name} />
          <span className="min-w-0 flex-1 truncate">{tenant.displayName}</span>
          {tenant.name === name ? <Check size={14} aria-hidden /> : null}
        </MenuLink>
      ))}
    </Menu>
  )
}
