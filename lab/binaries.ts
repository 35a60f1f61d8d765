export interface EnsureBinaries {
  readonly onProgress?: (line: string) => void
  readonly signal?: AbortSignal
}
export async function ensureBinaries(_options: EnsureBinaries = {}): Promise<string> {
  throw new Error('soon')
}
