/**
 * The five SOAP calls that the node agent makes. Written by hand: no maintained vSphere client for Node exists, and answers as
 * flat as these (properties of one kind of object) are read safely by patterns; anything deeper would need a parser.
 */
import { readFile } from 'node:fs/promises'
import { Agent, request } from 'undici'
import type { VcenterAccess } from './context'

export interface VirtualMachine {
  /** Managed object id. */
  readonly id: string
  readonly name: string
  /** BIOS UUID: what providerID carries. */
  readonly uuid: string
  readonly poweredOn: boolean
  readonly ipAddress: string
  readonly cpus: number
  readonly memoryMB: number
  readonly extraConfig: ReadonlyMap<string, string>
}

export interface VSphere {
  /** Every VM that is no template. Logs in where there is no session (any more). */
  readonly list: () => Promise<VirtualMachine[]>
  readonly setExtraConfig: (id: string, key: string, value: string) => Promise<void>
  readonly close: () => Promise<void>
}

interface Session {
  readonly cookie: string
  readonly collector: string
  readonly view: string
}

const timeoutMs = 10_000
const properties = [
  'name', 'config.uuid', 'config.template', 'config.extraConfig', 'config.hardware.numCPU', 'config.hardware.memoryMB',
  'guest.ipAddress', 'runtime.powerState',
]

export async function connectVsphere(vcenter: VcenterAccess): Promise<VSphere> {
  const agent = new Agent({ connect: { ca: await readFile(vcenter.caFile, 'utf8') }, allowH2: false })
  let session: Session | undefined

  const call = async (cookie: string, body: string): Promise<{ text: string; cookie: string }> => {
    const response = await request(`${vcenter.url}/sdk`, {
      method: 'POST',
      dispatcher: agent,
      headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: 'urn:vim25/8.0.0.0', ...(cookie === '' ? {} : { cookie }) },
      body: `<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`,
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await response.body.text()
    if (response.statusCode !== 200) {
      throw new Error(`vCenter answers ${response.statusCode}: ${textOf(text, 'faultstring') || text.slice(0, 200)}`)
    }
    const set = [response.headers['set-cookie'] ?? []].flat()[0]?.split(';')[0]
    return { text, cookie: set ?? cookie }
  }

  const logIn = async (): Promise<Session> => {
    const content = (await call('', '<RetrieveServiceContent xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></RetrieveServiceContent>')).text
    const manager = escape(textOf(content, 'sessionManager'))
    const { cookie } = await call(
      '',
      `<Login xmlns="urn:vim25"><_this type="SessionManager">${manager}</_this><userName>${escape(vcenter.user)}</userName><password>${escape(vcenter.password)}</password></Login>`,
    )
    const view = await call(
      cookie,
      `<CreateContainerView xmlns="urn:vim25"><_this type="ViewManager">${escape(textOf(content, 'viewManager'))}</_this><container type="Folder">${escape(textOf(content, 'rootFolder'))}</container><type>VirtualMachine</type><recursive>true</recursive></CreateContainerView>`,
    )
    return { cookie, collector: textOf(content, 'propertyCollector'), view: textOf(view.text, 'returnval') }
  }

  /** A session ends with a restart of vCenter, or by age: whatever fails, the next call logs in anew. */
  const withSession = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    session ??= await logIn()
    try {
      return await work(session)
    } catch (error) {
      session = undefined
      throw error
    }
  }

  return {
    list: () =>
      withSession(async ({ cookie, collector, view }) => {
        const machines: VirtualMachine[] = []
        const self = `<_this type="PropertyCollector">${escape(collector)}</_this>`
        let answer = await call(
          cookie,
          `<RetrievePropertiesEx xmlns="urn:vim25">${self}<specSet><propSet><type>VirtualMachine</type>${properties.map((path) => `<pathSet>${path}</pathSet>`).join('')}</propSet><objectSet><obj type="ContainerView">${escape(view)}</obj><skip>true</skip><selectSet xsi:type="TraversalSpec"><type>ContainerView</type><path>view</path><skip>false</skip></selectSet></objectSet></specSet><options/></RetrievePropertiesEx>`,
        )
        for (;;) {
          machines.push(...parseMachines(answer.text))
          const token = textOf(answer.text, 'token')
          if (token === '') return machines
          answer = await call(cookie, `<ContinueRetrievePropertiesEx xmlns="urn:vim25">${self}<token>${escape(token)}</token></ContinueRetrievePropertiesEx>`)
        }
      }),
    setExtraConfig: (id, key, value) =>
      withSession(async ({ cookie }) => {
        await call(
          cookie,
          `<ReconfigVM_Task xmlns="urn:vim25"><_this type="VirtualMachine">${escape(id)}</_this><spec><extraConfig><key>${escape(key)}</key><value xsi:type="xsd:string">${escape(value)}</value></extraConfig></spec></ReconfigVM_Task>`,
        )
      }),
    close: () => agent.destroy(),
  }
}

/** The answer of RetrievePropertiesEx. Exported for its test. */
export function parseMachines(xml: string): VirtualMachine[] {
  return [...xml.matchAll(/<objects>([\s\S]*?)<\/objects>/g)].flatMap(([, object = '']) => {
    const values = new Map<string, string>()
    for (const [, name = '', value = ''] of object.matchAll(/<propSet>\s*<name>([^<]*)<\/name>\s*<val\b[^>]*>([\s\S]*?)<\/val>\s*<\/propSet>/g)) {
      values.set(name, value)
    }
    const text = (name: string) => unescape(values.get(name) ?? '')
    // A VM in the middle of its creation has no config yet.
    if (text('config.template') === 'true' || text('config.uuid') === '') return []
    const extraConfig = new Map<string, string>()
    const options = (values.get('config.extraConfig') ?? '').matchAll(/<key>([^<]*)<\/key>\s*<value\b[^>]*>([^<]*)<\/value>/g)
    for (const [, key = '', value = ''] of options) extraConfig.set(unescape(key), unescape(value))
    return [
      {
        id: textOf(object, 'obj'),
        name: text('name'),
        uuid: text('config.uuid'),
        poweredOn: text('runtime.powerState') === 'poweredOn',
        ipAddress: text('guest.ipAddress'),
        cpus: Number(text('config.hardware.numCPU')) || 2,
        memoryMB: Number(text('config.hardware.memoryMB')) || 4096,
        extraConfig,
      },
    ]
  })
}

function textOf(xml: string, element: string): string {
  return unescape(new RegExp(`<${element}\\b[^>]*>([^<]*)</${element}>`).exec(xml)?.[1] ?? '')
}

function escape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
}

function unescape(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(amp|lt|gt|quot|apos));/gi, (_, hex?: string, decimal?: string, name?: string) =>
    name === undefined ? String.fromCodePoint(hex === undefined ? Number(decimal) : parseInt(hex, 16)) : (named[name] ?? ''),
  )
}
