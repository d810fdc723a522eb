/** A query that cannot be understood, with where it went wrong: 0-based offset, 1-based line. */
export class AqlError extends Error {
  override readonly name = 'AqlError';
  readonly startIndex: number;
  readonly line: number;
  readonly column: number;
  readonly token: string;
  constructor(reason: string, query: string, at: number, token: string) {
    const before = query.slice(0, at);
    const line = before.split('\n').length;
    const column = at - (before.lastIndexOf('\n') + 1);
    super(`${reason} at line ${line}, column ${column}`);
    this.startIndex = at;
    this.line = line;
    this.column = column;
    this.token = token;
  }

  /** `details` of a 422/2000. */
  details(query: string): Record<string, unknown> {
    return {
      reason: this.message,
      code: 'AQL_PARSE_ERROR',
      start_index: this.startIndex,
      line_number: this.line,
      query_string: query,
      token_text: this.token,
    };
  }
}
