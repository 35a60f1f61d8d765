/** An object in the list of all that a cluster is made of. */
export interface ObjectRow {
  readonly kind: string
  readonly name: string
  readonly what: string
  /** Somebody asked for it, the portal wrote it as part of an add-on, or controllers made it of the first. */
  readonly part: 'asked' | 'add-on' | 'made'
  /** It is in the export: superseded templates and what is being removed are not. */
  readonly exported: boolean
  readonly createdAt: string | null
  readonly leaving: boolean
}

export interface ClusterObjects {
  readonly rows: readonly ObjectRow[]
  /** Kinds that the person may not list. */
  readonly forbidden: readonly string[]
  /** false: the Cluster itself is gone or may not be read, and there is nothing to export. */
  readonly whole: boolean
}

/** One object as it may be shown. */
export interface ObjectText {
  readonly yaml: string
  /** Paths of values that may be credentials. */
  readonly leftOut: readonly string[]
}
