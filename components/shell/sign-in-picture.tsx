/** Machines that come one after another: [start, clone, power, boot], in percent of the width. A null has not happened yet. */
const LANES: readonly { readonly at: number; readonly parts: readonly [number, number, number]; readonly expected?: number }[] = [
  { at: 4, parts: [10.4, 6.5, 9.1] },
  { at: 12, parts: [12, 7.5, 10.5] },
  { at: 22, parts: [9.6, 6, 8.4] },
  { at: 34, parts: [11.2, 7, 9.8] },
  { at: 44, parts: [8.8, 5.5, 7.7] },
  { at: 52, parts: [13.6, 2.4, 0], expected: 18 },
  { at: 64, parts: [4, 0, 0], expected: 16 },
]
const NOW = 68
const colours = ['bg-step-clone', 'bg-step-power', 'bg-step-boot'] as const

export function SignInPicture() {
  return (
    <div className="relative grid w-full gap-[22px]">
      {LANES.map(({ at, parts, expected }) => {
        const starts = [at, at + parts[0], at + parts[0] + parts[1]] as const
        const ready = starts[2] + parts[2]
        return (
          <div key={at} className="relative h-4">
            {parts.map((width, index) => (width > 0 ? <i key={index} className={`absolute top-0 h-4 rounded-[3px] ${colours[index] ?? ''}`} style={{ left: `${starts[index] ?? 0}%`, width: `calc(${width}% - 2px)` }} /> : null))}
            {expected ? (
              <i className="absolute top-0 h-4 rounded-[3px] border border-dashed border-control" style={{ left: `${NOW}%`, width: `${expected}%` }} />
            ) : (
              <i className="absolute top-[6.5px] h-[3px] rounded-[3px] bg-ok-solid" style={{ left: `${ready}%`, width: `${NOW - ready}%` }} />
            )}
          </div>
        )
      })}
      <i className="absolute -bottom-10 -top-10 w-px bg-ink opacity-55" style={{ left: `${NOW}%` }} />
    </div>
  )
}
