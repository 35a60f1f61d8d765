export const THEME_KEY = 'tenantry.theme'
export type Theme = 'system' | 'light' | 'dark'
export const THEMES: readonly { readonly value: Theme; readonly label: string }[] = [
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
  { value: 'system', label: 'As the system' },
]
