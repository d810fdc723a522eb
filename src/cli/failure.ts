import { CommanderError } from 'commander';
import { AppError, ERROR_CODES, messageOf } from '../domain/errors.ts';
import { escapeText } from './escape-text.ts';

export interface Failure {
  exit: number;
  /** What to print on standard error, `''` for nothing. */
  text: string;
}

/** Commander's ways to end without an error. */
const FINE = new Set(['commander.help', 'commander.helpDisplayed', 'commander.version']);

/** What to tell the user about an error, and the exit code. One line, or one a problem for an invalid configuration. */
export function describeFailure(error: unknown, debug: boolean): Failure {
  if (error instanceof CommanderError) {
    if (FINE.has(error.code) && error.exitCode === 0) return { exit: 0, text: '' };
    if (error.code === 'commander.help') return { exit: 2, text: line('a command is needed. See undercurrent --help') };
    const message = error.message
      .replace(/^error: /, '')
      .replace(/\s*\n\s*/g, ' ')
      .replace(/\.$/, '');
    return { exit: 2, text: line(`${message}. See undercurrent --help`) };
  }
  if (error instanceof AppError && error.code !== 'INTERNAL') {
    const lines = error.code === 'CONFIG_INVALID' ? error.message.split('\n') : [error.message.replaceAll('\n', ' ')];
    return { exit: ERROR_CODES[error.code].exit, text: lines.map(line).join('') + (debug ? stackOf(error) : '') };
  }
  if (error instanceof Error && error.name === 'AbortError')
    return { exit: ERROR_CODES.STOPPED.exit, text: line('stopped') };
  const message = messageOf(error).replaceAll('\n', ' ');
  const hint = debug ? '' : '; run it again with --debug for details';
  return { exit: 1, text: line(`unexpected failure: ${message}${hint}`) + (debug ? stackOf(error) : '') };
}

const line = (text: string) => `undercurrent: ${escapeText(text, 2000)}\n`;

const stackOf = (error: unknown): string => {
  if (!(error instanceof Error) || !error.stack) return '';
  const own = error.stack.split('\n').map((text) => `  ${escapeText(text)}\n`);
  return own.join('') + (error.cause instanceof Error ? `  caused by:\n${stackOf(error.cause)}` : '');
};
