/** The nearest name that Kubernetes takes: "Invoices_prod" -> "invoices-prod". */
export function slug(text: string, limit: number): string {
  const name = text.normalize('NFKD').toLowerCase().replace(/[\u0300-\u036f]/g, '').replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+/, '')
  return name.slice(0, Math.max(0, limit)).replace(/-+$/, '')
}
