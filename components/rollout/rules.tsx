import { place, type Axis } from './axis'

/** The lines of the axis: over all lanes at once, on phones in each track. */
export function Rules({ axis }: { axis: Axis }) {
  return (
    <>
      {axis.ticks.map((tick) => <i key={tick} className="absolute inset-y-0 w-px bg-line" style={{ left: `${place(axis, tick)}%` }} />)}
      {axis.end === null ? null : <i className="absolute inset-y-0 border-l border-dashed border-control" style={{ left: `${place(axis, axis.end)}%` }} />}
      {axis.now === null ? null : <i className="absolute inset-y-0 z-10 w-px bg-ink" style={{ left: `${place(axis, axis.now)}%` }} />}
    </>
  )
}
