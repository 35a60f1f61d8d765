import { parse } from 'yaml'
import { type Problem, problem } from '@/lib/cluster/rules/problem'
import { MAX_FILE, MAX_TOTAL } from '@/lib/node-config/limits'
import { fileItems } from '@/lib/node-config/render'
import { networkAddressProblem, proxyProblems } from '@/lib/node-config/rules/addresses'
import { secretProblems } from '@/lib/node-config/rules/secrets'
import type { NodeConfig, NodeFile, NodeUser } from '@/lib/node-config/spec'
import { cleanLine } from '@/lib/text'

/**
 * Every broken rule of a node configuration. Cluster API puts users, paths and owners into cloud-init's YAML as they are
 * (bootstrap/kubeadm/internal/cloudinit/users.go, files.go), so text that YAML would read as something else is refused here:
 * the machine would start without any of it, kubeadm included.
 * @param at where the configuration is in the form: `node`
 */
export function nodeProblems(config: NodeConfig, at = 'node'): Problem[] {
  const found = [
    ...config.users.flatMap((user, index) => userProblems(user, `${at}.users.${index}`)),
    ...twice(config.users.map(({ name }) => name), (index, name) => problem(`${at}.users.${index}.name`, `There are two users named ${name}.`)),
    ...config.files.flatMap((file, index) => fileProblems(file, `${at}.files.${index}`)),
    // Cluster API's webhook refuses a second one, appended or not (KubeadmConfigSpec.validateFiles).
    ...twice(config.files.map(({ path }) => path), (index, path) => problem(`${at}.files.${index}.path`, `There are two files at ${path}. Put both into one.`)),
    ...config.preCommands.flatMap((command, index) => commandProblems(command, `${at}.preCommands.${index}`)),
    ...config.postCommands.flatMap((command, index) => commandProblems(command, `${at}.postCommands.${index}`)),
    ...config.ntpServers.flatMap((server, index) => networkAddressProblem(`${at}.ntpServers.${index}`, server, 'a time server', 'time.example.com')),
    ...kubeletProblems(config, `${at}.kubeletArgs`),
    ...authorityProblems(config, `${at}.authorities`),
    ...mirrorProblems(config, `${at}.mirrors`),
    ...(config.proxy === null ? [] : proxyProblems(config.proxy, `${at}.proxy`)),
    ...secretProblems(config, at),
  ]
  const written = new Set(fileItems({ ...config, files: [] }).map(({ path }) => path))
  config.files.forEach(({ path }, index) => written.has(path) && found.push(problem(`${at}.files.${index}.path`, `The proxy, an authority or a mirror is written to ${path}. Choose another path, or leave that out.`)))
  const total = bytes(JSON.stringify([fileItems(config), config.users, config.preCommands, config.postCommands]))
  if (total > MAX_TOTAL) found.push(problem(`${at}.files`, `Files, users and commands have ${Math.ceil(total / 1024)} KiB in all; a machine takes ${MAX_TOTAL / 1024}.`))
  return found
}

const bytes = (text: string): number => new TextEncoder().encode(text).length

function twice(names: readonly string[], told: (index: number, name: string) => Problem): Problem[] {
  return names.flatMap((name, index) => (name !== '' && names.indexOf(name) < index ? [told(index, cleanLine(name, 80))] : []))
}

/** Whether cloud-init's YAML gives back the same text for `key: text`. */
function isPlainYaml(text: string): boolean {
  try {
    return !/[\n\r]/.test(text) && (parse(`key: ${text}`) as { key?: unknown } | null)?.key === text
  } catch {
    return false
  }
}

const plain = (path: string, what: string, text: string): Problem[] => (text === '' || isPlainYaml(text) ? [] : [problem(path, `${what} “${cleanLine(text, 60)}” holds signs that cloud-init would read as YAML. Leave them out.`)])

/** useradd's rule of names on Debian and Red Hat. */
const USER = /^[a-z_][a-z0-9_-]{0,31}$/
const SSH_KEY = /^(?:ssh-(?:ed25519|rsa|dss)|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) (AAAA[A-Za-z0-9+/]{40,}={0,3})(?: .*)?$/

function userProblems({ name, groups, shell, sudo, sshKeys }: NodeUser, at: string): Problem[] {
  const found: Problem[] = []
  if (!USER.test(name)) found.push(problem(`${at}.name`, name === '' ? 'Give the user a name.' : `“${cleanLine(name, 60)}” is not a user’s name: a–z, 0–9, “_” and “-”, starting with a letter, at most 32.`))
  if (groups !== '' && !/^[a-z_][a-z0-9_-]*(?:, ?[a-z_][a-z0-9_-]*)*$/.test(groups)) found.push(problem(`${at}.groups`, `“${cleanLine(groups, 60)}” is not a list of groups such as adm,docker.`))
  if (shell !== '' && !/^\/[\w./+-]+$/.test(shell)) found.push(problem(`${at}.shell`, `“${cleanLine(shell, 60)}” is not the path of a shell such as /bin/bash.`))
  found.push(...plain(`${at}.sudo`, 'The sudo rule', sudo))
  sshKeys.forEach((key, index) => {
    const line = key.trim()
    if (/PRIVATE KEY/.test(line)) found.push(problem(`${at}.sshKeys.${index}`, `${name}: this is a private key. Give the public one, which ends in .pub, and consider this one known.`))
    else if (!SSH_KEY.test(line) || line.length > 2048 || !isPlainYaml(line)) found.push(problem(`${at}.sshKeys.${index}`, `${cleanLine(name, 40)}: “${cleanLine(line, 40)}” is not an SSH public key such as ssh-ed25519 AAAA… name.`))
  })
  return found
}

function fileProblems({ path, owner, permissions, content }: NodeFile, at: string): Problem[] {
  const found: Problem[] = []
  if (!/^\/[^\0]*[^/\0]$/.test(path) || path.length > 512 || /\/\.\.?(\/|$)/.test(path)) found.push(problem(`${at}.path`, path === '' ? 'Give the file’s path.' : `“${cleanLine(path, 60)}” is not a file’s full path such as /etc/motd.`))
  else found.push(...plain(`${at}.path`, 'The path', path))
  if (owner !== '' && !/^[a-z_][a-z0-9_.-]*(?::[a-z_][a-z0-9_.-]*)?$/.test(owner)) found.push(problem(`${at}.owner`, `${cleanLine(path, 60)}: “${cleanLine(owner, 40)}” is not an owner such as root:root.`))
  if (permissions !== '' && !/^[0-7]{3,4}$/.test(permissions)) found.push(problem(`${at}.permissions`, `${cleanLine(path, 60)}: “${cleanLine(permissions, 20)}” is not a mode such as 0644.`))
  if (content.kind === 'secret') return found
  const { text } = content
  if (text === '') found.push(problem(`${at}.content`, `${cleanLine(path, 60)} is empty. Write something into it, or take it out.`))
  else if (text.length > MAX_FILE) found.push(problem(`${at}.content`, `${cleanLine(path, 60)} has ${Math.ceil(text.length / 1024)} KiB; one file can have ${MAX_FILE / 1024}. Put more into a Secret, or into the VM template.`))
  // It is written as a YAML block, whose depth its first line sets.
  else if (/^\s*[ \t]+\S/.test(text)) found.push(problem(`${at}.content`, `${cleanLine(path, 60)} begins with a blank, which cloud-init cannot take. Begin it with a comment.`))
  if (/^\/etc\/cloud\/cloud\.cfg\.d\/.*\.cfg$/.test(path) && text !== '') found.push(...cloudConfigProblems(`${at}.content`, path, text))
  return found
}

/** What cloud-init reads besides what Cluster API gives it. */
function cloudConfigProblems(at: string, path: string, text: string): Problem[] {
  let value: unknown
  try {
    value = parse(text)
  } catch (error) {
    return [problem(at, `${cleanLine(path, 60)} is no YAML: ${cleanLine(error instanceof Error ? error.message.split('\n')[0] : error, 120)}`)]
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? [] : [problem(at, `${cleanLine(path, 60)} is no cloud-init configuration: it has to be YAML with a field at its left margin, such as timezone: Europe/Rome.`)]
}

function commandProblems(command: string, at: string): Problem[] {
  if (command.trim() === '') return [problem(at, 'This command is empty. Write one, or take it out.')]
  return command.length > MAX_FILE ? [problem(at, `This command has ${command.length} characters; one can have ${MAX_FILE}.`)] : []
}

/** Set by the portal for every machine, or by kubeadm for the machine's joining. */
const KUBELET_OURS: ReadonlySet<string> = new Set(['cloud-provider', 'bootstrap-kubeconfig', 'kubeconfig', 'config', 'hostname-override', 'provider-id'])

function kubeletProblems({ kubeletArgs }: NodeConfig, at: string): Problem[] {
  const found = twice(kubeletArgs.map(({ name }) => name), (index, name) => problem(`${at}.${index}.name`, `The kubelet argument ${name} is there twice.`))
  kubeletArgs.forEach(({ name, value }, index) => {
    const shown = cleanLine(name, 60)
    if (name === '') found.push(problem(`${at}.${index}.name`, 'Give the kubelet argument a name.'))
    else if (name.startsWith('-')) found.push(problem(`${at}.${index}.name`, `Leave out the dashes: ${cleanLine(name.replace(/^-+/, ''), 60)}.`))
    else if (!/^[a-z][a-z0-9-]{0,127}$/.test(name)) found.push(problem(`${at}.${index}.name`, `“${shown}” is not a kubelet argument such as max-pods.`))
    else if (KUBELET_OURS.has(name)) found.push(problem(`${at}.${index}.name`, `The kubelet argument ${shown} is set for every machine.`))
    if (value.length > 1024 || /[\n\r]/.test(value)) found.push(problem(`${at}.${index}.value`, `The value of ${shown} has to be one line of at most 1024 characters.`))
  })
  return found
}

const PEM = /^(?:-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]{64,}-----END CERTIFICATE-----\n*)+$/

function authorityProblems({ authorities }: NodeConfig, at: string): Problem[] {
  const found = twice(authorities.map(({ name }) => name), (index, name) => problem(`${at}.${index}.name`, `There are two authorities named ${name}.`))
  authorities.forEach(({ name, pem }, index) => {
    if (!/^[a-z0-9][a-z0-9._-]{0,62}$/.test(name)) found.push(problem(`${at}.${index}.name`, name === '' ? 'Give the authority a name.' : `“${cleanLine(name, 60)}” is not a name of a file: a–z, 0–9, “-”, “_” and “.”.`))
    const text = `${pem.replaceAll('\r', '').trim()}\n`
    if (/PRIVATE KEY/.test(text)) found.push(problem(`${at}.${index}.pem`, `${cleanLine(name, 60)} holds a private key. Give the certificate alone, and consider the key known.`))
    else if (!PEM.test(text)) found.push(problem(`${at}.${index}.pem`, `${cleanLine(name, 60)} is no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----.`))
    else if (text.length > MAX_FILE) found.push(problem(`${at}.${index}.pem`, `${cleanLine(name, 60)} has ${Math.ceil(text.length / 1024)} KiB; one can have ${MAX_FILE / 1024}. Part it into several.`))
  })
  return found
}

function mirrorProblems({ mirrors }: NodeConfig, at: string): Problem[] {
  const found = twice(mirrors.map(({ registry }) => registry), (index, registry) => problem(`${at}.${index}.registry`, `The registry ${registry} is there twice.`))
  mirrors.forEach(({ registry, endpoints }, index) => {
    if (!/^(?:_default|[a-z0-9][a-z0-9.-]*(?::\d{1,5})?)$/.test(registry)) found.push(problem(`${at}.${index}.registry`, registry === '' ? 'Give the registry’s name.' : `“${cleanLine(registry, 60)}” is not a registry such as docker.io.`))
    if (endpoints.length === 0) found.push(problem(`${at}.${index}.endpoints`, `${cleanLine(registry, 60)}: give the mirror’s URL.`))
    for (const endpoint of endpoints) {
      if (/^https?:\/\/[^/@\s]*@/.test(endpoint)) found.push(problem(`${at}.${index}.endpoints`, `${cleanLine(registry, 60)}: a mirror’s URL holds no password; containerd keeps sign-ins elsewhere.`))
      else if (!/^https?:\/\/[A-Za-z0-9.[\]:-]+(?:\/[\w./-]*)?$/.test(endpoint)) found.push(problem(`${at}.${index}.endpoints`, `${cleanLine(registry, 60)}: “${cleanLine(endpoint, 60)}” is not a URL such as https://mirror.example.com.`))
    }
  })
  return found
}
