export type LogErrorCode =
  | 'logCorrupt'
  | 'logForeign'
  | 'logNewer'
  | 'logOtherSite'
  | 'logNotWritable'
  | 'logFull'
  | 'logLocked'
  | 'logFailed';

/** The log cannot be opened, read or written. `message` names the file and what to do. */
export class LogError extends Error {
  override readonly name = 'LogError';
  readonly code: LogErrorCode;

  constructor(code: LogErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Turns what SQLite or the file system threw into a `LogError` about `file`. */
export function toLogError(error: unknown, file: string): LogError {
  if (error instanceof LogError) return error;
  const cause = { cause: error };
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) {
    const hint = 'move it away, or restore it from a backup';
    return new LogError('logCorrupt', `${file} is damaged or not an event log (${text}); ${hint}`, cause);
  }
  if (code === 'SQLITE_FULL' || code === 'ENOSPC') {
    return new LogError('logFull', `no space is left to write ${file} (${text})`, cause);
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new LogError('logLocked', `${file} is in use by another process`, cause);
  }
  if (isDenied(code)) {
    return new LogError('logNotWritable', `${file} cannot be written (${text})`, cause);
  }
  return new LogError('logFailed', `${file}: ${text}`, cause);
}

function isDenied(code: string): boolean {
  return (
    ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'SQLITE_PERM', 'SQLITE_AUTH'].includes(code) ||
    code.startsWith('SQLITE_READONLY') ||
    code.startsWith('SQLITE_CANTOPEN')
  );
}
