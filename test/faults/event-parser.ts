export interface SentEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string | null;
}

/** HTML standard, 9.2.6, as far as the server uses it: lines end with LF. */
export function createEventParser(take: (event: SentEvent) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    rest += text;
    for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
      const lines = rest.slice(0, end).split('\n');
      rest = rest.slice(end + 2);
      const valuesOf = (field: string): string[] =>
        lines
          .filter((line) => line.startsWith(`${field}:`))
          .map((line) => line.slice(field.length + 1).trim());
      const [id = null] = valuesOf('id');
      take({ event: valuesOf('event')[0] ?? '', data: valuesOf('data').join('\n'), id });
    }
  };
}
