import type { ComponentProps } from 'react'
import { cn } from './cn'

export function Table({ className, ...rest }: ComponentProps<'table'>) {
  return <table {...rest} className={cn('w-full border-collapse text-left', className)} />
}
export function Th({ className, scope = 'col', ...rest }: ComponentProps<'th'>) {
  return <th scope={scope} {...rest} className={cn('h-8 whitespace-nowrap border-b border-line px-2 text-12 font-medium text-ink-3 first:pl-4 last:pr-3', className)} />
}
export function Td({ className, ...rest }: ComponentProps<'td'>) {
  return <td {...rest} className={cn('h-11 border-b border-line px-2 first:pl-4 last:pr-3 group-last/row:border-b-0', className)} />
}
export function Tr({ className, ...rest }: ComponentProps<'tr'>) {
  return <tr {...rest} className={cn('group/row hover:bg-sunken', className)} />
}
