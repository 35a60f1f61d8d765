import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { loadTransport, transportFromText } from '@/server/management/transport'

const broken = 'apiVersion: v1\nusers:\n- name: admin\n  user:\n    token: "canary-secret\n  bad: [\n'

function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return expect.fail('nothing was thrown')
}

test('the error of a kubeconfig that cannot be read holds nothing of it, at any depth', () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'tenantry-kubeconfig-')), 'config')
  writeFileSync(file, broken)
  for (const act of [() => transportFromText(broken), () => loadTransport(file)]) {
    const error = thrownBy(act)
    expect(String(error)).toContain('cannot be read')
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('canary-secret')
  }
})
