import { randomUUID } from 'node:crypto';
import type { Caller } from '../http/caller.ts';
import { CAPABILITIES, type Capability } from '../http/endpoint.ts';
import type { ServiceRecord } from './records.ts';
import type { State } from './state.ts';

/** Authorized services: who a token is. */
export class Services {
  readonly #state: State;
  readonly #now: () => number;
  readonly #byToken = new Map<string, number>();
  constructor(state: State, now: () => number) {
    this.#state = state;
    this.#now = now;
    for (const service of state.services.values()) this.#byToken.set(service.token, service.id);
  }

  create(given: Omit<ServiceRecord, 'id' | 'token' | 'creation_date' | 'last_used_date'>): ServiceRecord {
    const id = this.#state.services.nextId();
    const token = randomUUID();
    this.#byToken.set(token, id);
    return this.#state.services.put(id, { ...given, id, token, creation_date: this.#now(), last_used_date: null });
  }

  identify(token: string): Caller | undefined {
    const service = this.#state.services.get(this.#byToken.get(token.trim().toLowerCase()));
    if (!service || (service.expiration_date !== null && service.expiration_date <= this.#now())) return undefined;
    return {
      ...this.#rights(service.user_role_id, service.security_profile_id),
      label: `API_user: ${service.label}`,
      serviceId: service.id,
      userId: undefined,
      readOnly: service.read_only,
    };
  }

  /** A console user signs in with the token of the service that carries the same name. */
  identifyUser(name: string, password: string): Caller | undefined {
    const user = this.#state.users.find((one) => one.username === name);
    const service = this.#state.services.get(this.#byToken.get(password));
    if (!user || service?.label !== name) return undefined;
    return {
      ...this.#rights(user.user_role_id, user.security_profile_id),
      label: user.username,
      serviceId: undefined,
      userId: user.id,
      readOnly: false,
    };
  }

  #rights(roleId: number, profileId: number): Pick<Caller, 'roleId' | 'profileId' | 'capabilities' | 'domainIds'> {
    const named = this.#state.roles.get(roleId)?.capabilities ?? [];
    const all = named.includes('ADMIN');
    return {
      roleId,
      profileId,
      capabilities: new Set<Capability>(CAPABILITIES.filter((one) => all || named.includes(one))),
      domainIds: this.#state.profiles.get(profileId)?.domain_ids ?? [],
    };
  }
}
