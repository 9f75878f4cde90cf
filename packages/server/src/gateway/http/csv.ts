/** Rows as text by RFC 4180, with a header line; members of members become columns named with dots. */
export function csvOf(rows: readonly unknown[]): string {
  const flat = rows.map((row) => flattened(row));
  const columns = [...new Set(flat.flatMap((row) => [...row.keys()]))];
  const lines = [columns, ...flat.map((row) => columns.map((column) => row.get(column) ?? ''))];
  return lines.map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

function flattened(row: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (value: unknown, name: string): void => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [member, inner] of Object.entries(value))
        visit(inner, name === '' ? member : `${name}.${member}`);
      return;
    }
    found.set(name, textOf(value));
  };
  visit(row, '');
  return found;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return isFormula(value) ? `'${value}` : value;
  return JSON.stringify(value);
}

/** A spreadsheet would compute a text that begins like this. */
function isFormula(text: string): boolean {
  return /^[=+\-@\t\r]/.test(text);
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
