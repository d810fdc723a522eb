import type { ErrorCode } from '../domain/errors.ts';

/** What may be done on the console: nothing but reading, or notes on offenses of UBA. */
export type NotePhase = 'assist' | 'enrich';

/**
 * `planned`: to be written; with a text, exactly that text. `recorded`: would have been written. `posted`: stands on the
 * console. `failed`: given up, see `reason`.
 */
export type WritebackState = 'planned' | 'recorded' | 'posted' | 'failed';

/** Why a note was given up: refused by the console, or no longer wanted. */
export type GiveUpReason = ErrorCode | 'offense-not-open' | 'not-tracked';

/** The first note of one offense. */
export interface Writeback {
  finding: string;
  /** Console and offense, see `targetOf`. */
  target: string;
  offense: number;
  state: WritebackState;
  phase: NotePhase;
  createdMs: number;
  updatedMs: number;
  /** Fixed before anything is sent, so that every attempt sends the same. `undefined`: not composed yet. */
  text: string | undefined;
  reason: GiveUpReason | undefined;
  /** Failed attempts to post. */
  attempts: number;
  /** Not to be tried again before. */
  notBeforeMs: number;
  /** Code of the last failure, for people. */
  lastError: string | undefined;
  noteIds: number[];
}

export type PostOutcome =
  | {
      kind: 'posted';
      noteIds: number[];
      /** It stood there before this call. */
      isFound: boolean;
    }
  /** Another instance has taken this note upon itself. */
  | { kind: 'claimed-elsewhere' };

/** First notes on offenses of one console. */
export interface NotePort {
  /** Ids of the notes that carry a first note already, whoever wrote it. */
  find(offenseId: number, signal?: AbortSignal): Promise<number[] | undefined>;
  /** Puts the text there unless a first note stands there. Throws AppError with the code of the failure. */
  post(offenseId: number, finding: string, text: string, signal?: AbortSignal): Promise<PostOutcome>;
}
