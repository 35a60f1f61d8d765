import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent } from 'undici'
import { createTransport, type Transport } from '@/server/management/transport'

/**
 * A loopback HTTP server for tests of the protocol's faults alone (410, 429, cut and silent lines) and of what goes over the
 * wire. How Kubernetes behaves is tested against the lab's real API server.
 */
export async function fakeApi(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<{ transport: Transport; close: () => Promise<void> }> {
  const server = createServer(handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const transport = createTransport(`http://127.0.0.1:${port}`, () => Promise.resolve(new Agent()), () => Promise.resolve(['Authorization', 'Bearer portal']), () => undefined)
  return {
    transport,
    close: async () => {
      await transport.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export const answer = (response: ServerResponse, code: number, body: object, headers: Record<string, string> = {}): void =>
  void response.writeHead(code, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body))
