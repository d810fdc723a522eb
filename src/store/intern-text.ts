import type { Activity } from '../domain/activity.ts';
import { findVerb, type PlaceRule, placeResource, placeRuleOf } from './scope-and-verb.ts';
import { TOKEN_KINDS, type Tokenizer, type TokenKind } from './tokenizer.ts';
import { copyText, TwoGenerationMap } from './two-generation-map.ts';

/** What the record file may not know yet. */
export interface NewTexts {
  /** Of the dictionary; parallel lists. */
  tokens: bigint[];
  kinds: number[];
  texts: string[];
  /** Acting accounts. */
  sightings: [domain: string, account: string, sid: string][];
}

const noNews = (): NewTexts => ({ tokens: [], kinds: [], texts: [], sightings: [] });

/** Tokens of one activity's resource and what follows from it. */
export interface PlaceTokens {
  resource: bigint;
  scope: bigint;
  depth: number;
}

/** A command line, or the image of a process without one, and the program it names. */
interface ProgramTokens {
  text: bigint;
  verb: bigint;
}

interface AccountEntry {
  token: bigint;
  /** Security identifiers seen beside it, of those met lately. */
  sids: Set<string>;
}

const MAX_SIDS = 16;
const MAX_TEXT_LENGTH = 65_536;
const KIND_CODES = Object.fromEntries(TOKEN_KINDS.map((kind, code) => [kind, code])) as Record<TokenKind, number>;

/**
 * Turns text into tokens. A text met for the first time (or after it fell out of the bounded caches) is news,
 * which must reach the dictionary before the activity is stored; call `forget` when it could not, or when dictionary rows
 * were deleted.
 */
export class TextInterner {
  readonly #tokenizer: Tokenizer;
  readonly #texts: Record<TokenKind, TwoGenerationMap<bigint>>;
  readonly #places: Record<PlaceRule, TwoGenerationMap<PlaceTokens>>;
  readonly #commands = new TwoGenerationMap<ProgramTokens>();
  readonly #processes = new TwoGenerationMap<ProgramTokens>();
  readonly #accountsByDomain = new Map<string, TwoGenerationMap<AccountEntry>>();
  #news = noNews();

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
    this.#texts = Object.fromEntries(TOKEN_KINDS.map((kind) => [kind, new TwoGenerationMap()])) as Record<
      TokenKind,
      TwoGenerationMap<bigint>
    >;
    const place = () => new TwoGenerationMap<PlaceTokens>();
    this.#places = { web: place(), datastore: place(), file: place(), other: place() };
  }

  text(kind: Exclude<TokenKind, 'account'>, text: string): bigint {
    if (text === '') return 0n;
    const cache = this.#texts[kind];
    const known = cache.get(text);
    if (known !== undefined) return known;
    const token = this.#tokenizer.token(kind, text);
    cache.set(text, token);
    this.#announce(token, kind, text);
    return token;
  }

  account(domain: string, account: string): bigint {
    return account === '' ? 0n : this.#account(domain, account).token;
  }

  /** As `account`, for the acting account: name and identifier not seen together lately are news. */
  actor(domain: string, account: string, sid: string): bigint {
    if (account === '') return 0n;
    const { token, sids } = this.#account(domain, account);
    if (!sids.has(sid)) {
      if (sids.size < MAX_SIDS) sids.add(copyText(sid));
      this.#news.sightings.push([copyText(domain), copyText(account), copyText(sid)]);
    }
    return token;
  }

  place(activity: Activity): PlaceTokens {
    const rule = placeRuleOf(activity.class);
    const cache = this.#places[rule];
    const known = cache.get(activity.resource);
    if (known !== undefined) return known;
    const { scope, depth } = placeResource(activity.resource, rule);
    const place = { resource: this.text('resource', activity.resource), scope: this.text('scope', scope), depth };
    cache.set(activity.resource, place);
    return place;
  }

  command(command: string): ProgramTokens {
    const known = this.#commands.get(command);
    if (known !== undefined) return known;
    const program = { text: this.text('command', command), verb: this.text('verb', findVerb(command, '')) };
    this.#commands.set(command, program);
    return program;
  }

  process(process: string): ProgramTokens {
    const known = this.#processes.get(process);
    if (known !== undefined) return known;
    const program = { text: this.text('process', process), verb: this.text('verb', findVerb('', process)) };
    this.#processes.set(process, program);
    return program;
  }

  /** Takes the list of new texts and starts another. */
  takeNews(): NewTexts {
    const news = this.#news;
    this.#news = noNews();
    return news;
  }

  forget(): void {
    for (const cache of Object.values(this.#texts)) cache.clear();
    for (const cache of Object.values(this.#places)) cache.clear();
    this.#commands.clear();
    this.#processes.clear();
    this.#accountsByDomain.clear();
  }

  #account(domain: string, account: string): AccountEntry {
    let cache = this.#accountsByDomain.get(domain);
    if (!cache) {
      // Domains come out of logs: a flood of them must not pile up.
      if (this.#accountsByDomain.size >= 64) this.#accountsByDomain.clear();
      cache = new TwoGenerationMap();
      this.#accountsByDomain.set(copyText(domain), cache);
    }
    const known = cache.get(account);
    if (known !== undefined) return known;
    const entry = { token: this.#tokenizer.account(domain, account), sids: new Set<string>() };
    cache.set(account, entry);
    this.#announce(entry.token, 'account', account);
    return entry;
  }

  #announce(token: bigint, kind: TokenKind, text: string): void {
    this.#news.tokens.push(token);
    this.#news.kinds.push(KIND_CODES[kind]);
    this.#news.texts.push(copyText(text.length > MAX_TEXT_LENGTH ? text.slice(0, MAX_TEXT_LENGTH) : text));
  }
}
