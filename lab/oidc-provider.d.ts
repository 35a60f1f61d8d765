/** What the lab uses of oidc-provider 9, which ships no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  export interface InteractionDetails {
    readonly uid: string
    readonly prompt: { readonly name: string }
    readonly params: Readonly<Record<string, unknown>>
  }

  export interface GrantInstance {
    addOIDCScope(scope: string): void
    save(): Promise<string>
  }

  export interface ClientInstance {
    readonly clientId: string
  }

  export interface OidcContext {
    type: string
    body: string
    readonly oidc: {
      readonly client: ClientInstance
      readonly provider: Provider
      readonly session: { readonly accountId: string; grantIdFor(clientId: string): string | undefined }
      readonly params?: { readonly scope?: string }
      readonly result?: { readonly consent?: { readonly grantId?: string } }
    }
  }

  export default class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>)
    readonly Client: { prototype: { redirectUriAllowed(uri: string): boolean; postLogoutRedirectUriAllowed(uri: string): boolean } }
    readonly Grant: { new (of: { accountId: string; clientId: string }): GrantInstance; find(id: string): Promise<GrantInstance | undefined> }
    callback(): (request: IncomingMessage, response: ServerResponse) => void
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<InteractionDetails>
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: Record<string, unknown>, options?: { mergeWithLastSubmission?: boolean }): Promise<void>
    on(event: string, listener: (...args: never[]) => void): this
  }
}
