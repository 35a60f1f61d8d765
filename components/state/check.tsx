import { Glyph, shapeOf } from './glyph'

/** A line of what was looked at before a person decides. */
export function Check({ role, title, children }: { role: 'ok' | 'warn' | 'bad' | 'idle'; title: string; children: string }) {
  return (
    <li className="flex gap-2.5 border-t border-line px-4 py-2.5">
      <Glyph role={role} shape={shapeOf(role, '', null)} className="mt-0.5" />
      <div className="min-w-0"><p className="font-medium">{title}</p><p className="text-12 text-ink-2">{children}</p></div>
    </li>
  )
}
