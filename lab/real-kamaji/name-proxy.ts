/** Stands in for cluster DNS: an HTTP proxy that connects `<name>.<namespace>.svc` to where the runner serves that tenant. */
import { createServer } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Endpoint } from '../kamaji/loopback-address'

export interface NameProxy {
  readonly url: string
  readonly close: () => Promise<void>
}

/** @param endpointOf by `namespace/name`; undefined while the tenant has no address */
export async function startNameProxy(endpointOf: (tenant: string) => Endpoint | undefined): Promise<NameProxy> {
  const open = new Set<Socket>()
  const server = createServer((_, response) => void response.writeHead(405).end())
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  server.on('connect', (request, client: Socket, head: Buffer) => {
    client.on('error', () => client.destroy())
    const [, name, namespace] = /^([^.]+)\.([^.]+)\.svc(?::\d+)?$/.exec(request.url ?? '') ?? []
    const endpoint = name === undefined ? undefined : endpointOf(`${namespace ?? ''}/${name}`)
    if (endpoint === undefined) return void client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
    const upstream = connect(endpoint.port, endpoint.host, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      upstream.write(head)
      upstream.pipe(client).pipe(upstream)
    })
    upstream.on('error', () => client.destroy())
    client.on('close', () => upstream.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
