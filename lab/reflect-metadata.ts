/**
 * The three functions of the reflect-metadata polyfill that @peculiar/x509's container (tsyringe) asks for. Must be imported
 * before @peculiar/x509, which throws at load without them.
 */
type Metadata = Map<unknown, unknown>

const store = new WeakMap<object, Metadata>()

const polyfill = {
  defineMetadata(key: unknown, value: unknown, target: object): void {
    const metadata = store.get(target) ?? new Map<unknown, unknown>()
    metadata.set(key, value)
    store.set(target, metadata)
  },
  getOwnMetadata(key: unknown, target: object): unknown {
    return store.get(target)?.get(key)
  },
  getMetadata(key: unknown, target: object): unknown {
    for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at) as object | null) {
      const metadata = store.get(at)
      if (metadata?.has(key) === true) return metadata.get(key)
    }
    return undefined
  },
}

// A real polyfill that is there already stays.
if (!('getMetadata' in Reflect)) Object.assign(Reflect, polyfill)
