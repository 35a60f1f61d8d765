import { clsx, type ClassValue } from 'clsx'
import { extendTailwindMerge } from 'tailwind-merge'

// tailwind-merge would take `text-13` for a colour and drop it beside `text-ink`: our scale has to be named.
const merge = extendTailwindMerge({
  extend: {
    theme: {
      text: ['11', '12', '13', '14', '16', '20', '26'],
      radius: ['1', '2', '3', 'pill'],
      shadow: ['float'],
    },
    classGroups: { font: ['mono'] },
  },
} as Parameters<typeof extendTailwindMerge>[0])

export function cn(...classes: ClassValue[]): string {
  return merge(clsx(classes))
}
