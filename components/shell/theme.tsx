import { THEME_KEY } from './theme-key'

/**
 * Sets the theme before the first paint. A script with the request's nonce: the policy allows no other inline script.
 * Browsers hide the nonce attribute from the DOM, which React would report as a mismatch.
 */
export function ThemeScript({ nonce }: { nonce: string | undefined }) {
  const script = `try{var t=localStorage.getItem('${THEME_KEY}');if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}catch(e){}`
  return <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: script }} />
}
