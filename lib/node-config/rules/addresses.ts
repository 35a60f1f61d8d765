import { type Problem, problem } from '@/lib/cluster/rules/problem'
import type { NodeProxy } from '@/lib/node-config/spec'
import { cleanLine } from '@/lib/text'

const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*|[0-9A-Fa-f:]*:[0-9A-Fa-f:]+)$/

export function networkAddressProblem(path: string, host: string, what: string, example: string): Problem[] {
  if (HOST.test(host) && host.length <= 253) return []
  return [problem(path, host.trim() === '' ? `Give ${what}, or take it out.` : `“${cleanLine(host, 60)}” is not ${what} such as ${example}.`)]
}

export function proxyProblems({ url, noProxy }: NodeProxy, at: string): Problem[] {
  const found: Problem[] = []
  if (/^\w+:\/\/[^/\s]*@/.test(url)) found.push(problem(`${at}.url`, 'A user name and a password do not belong into the URL: everybody who sees the pool could read them. Take them out of it and give them below; they go into a Secret.'))
  else if (!/^https?:\/\/[A-Za-z0-9.[\]:-]+\/?$/.test(url) || !URL.canParse(url)) found.push(problem(`${at}.url`, url.trim() === '' ? 'Give the proxy’s URL.' : `“${cleanLine(url, 80)}” is not a proxy’s URL such as http://proxy.example.com:3128.`))
  const wrong = noProxy.find((entry) => !/^[*.]?[\w.:-]+(?:\/\d{1,3})?$/.test(entry.trim()) || entry.length > 253)
  if (wrong !== undefined) found.push(problem(`${at}.noProxy`, `“${cleanLine(wrong, 60)}” is neither a name such as .example.com nor a network such as 10.0.0.0/8.`))
  return found
}
