import { refuse } from './errors.ts';

/** Real consoles cut or refuse longer notes. */
export const MAX_NOTE_CHARACTERS = 2000;
/** A note travels in the address of the request; web servers end at about 8 KB, everything included. */
const MAX_ENCODED_BYTES = 5500;
const MAX_PARTS = 20;

const FINDING_ID = /^[A-Za-z0-9._:-]{1,100}$/;

/** First words of part `part` of `parts`; by these a note is found again. */
export function noteMarker(findingId: string, part: number, parts: number): string {
  if (!FINDING_ID.test(findingId)) throw refuse(`not a finding id: ${findingId.slice(0, 60)}`);
  return `[undercurrent ${findingId} ${part}/${parts}]`;
}

/** The part a note is, when it begins with a marker of this finding. */
export function readMarker(note: string, findingId: string): { part: number; parts: number } | undefined {
  if (!note.startsWith(`[undercurrent ${findingId} `)) return undefined;
  const match = /^(\d{1,2})\/(\d{1,2})\]/.exec(note.slice(`[undercurrent ${findingId} `.length));
  return match ? { part: Number(match[1]), parts: Number(match[2]) } : undefined;
}

/** Text as a note can show it: line breaks stay, no other control characters, no lone surrogates. */
const cleanText = (text: string): string =>
  text
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/(?!\n)[\p{Cc}\p{Cf}]/gu, ' ')
    .toWellFormed()
    .trim();

const fits = (text: string): boolean =>
  text.length <= MAX_NOTE_CHARACTERS && encodeURIComponent(text).length <= MAX_ENCODED_BYTES;

/**
 * A text as one note, or as numbered parts when it is too long for one. Each begins with its marker. Breaks at line ends,
 * then at blanks, then anywhere. A text beyond 20 parts is cut, and says so.
 */
export function splitNote(text: string, findingId: string): string[] {
  const clean = cleanText(text);
  if (clean === '') throw refuse('a note needs a text');
  const whole = `${noteMarker(findingId, 1, 1)} ${clean}`;
  if (fits(whole)) return [whole];
  const room = (piece: string) => fits(`${noteMarker(findingId, MAX_PARTS, MAX_PARTS)} ${piece}`);
  const pieces: string[] = [];
  let rest = clean;
  while (rest !== '' && pieces.length < MAX_PARTS) {
    const piece = cutPiece(rest, room);
    pieces.push(piece.trimEnd());
    rest = rest.slice(piece.length).trimStart();
  }
  if (rest !== '') pieces[MAX_PARTS - 1] = `${cutPiece(pieces[MAX_PARTS - 1]!, (p) => room(`${p} (cut)`))} (cut)`;
  return pieces.map((piece, i) => `${noteMarker(findingId, i + 1, pieces.length)} ${piece}`);
}

/** The longest beginning of `text` that has room, by halving, moved back to a good place to break. */
function cutPiece(text: string, room: (piece: string) => boolean): string {
  if (room(text)) return text;
  let [low, high] = [1, Math.min(text.length, MAX_NOTE_CHARACTERS)];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (room(text.slice(0, middle).toWellFormed())) low = middle;
    else high = middle - 1;
  }
  const piece = text.slice(0, low).replace(/[\ud800-\udbff]$/, '');
  const line = piece.lastIndexOf('\n');
  const blank = piece.lastIndexOf(' ');
  if (line > piece.length / 2) return piece.slice(0, line + 1);
  return blank > piece.length / 2 ? piece.slice(0, blank + 1) : piece;
}
