/** A plant of so many lines with one machine each, worked round the clock. */
export function benchPlant(lines: number): string {
  const names = benchLines(lines);
  const items = names
    .map(
      (name) => `      - id: ${name}
        name: ${name}
        equipment:
          - { id: ${name}, name: ${name}, states: simple, silentAfter: 1h, latenessWindow: 1h, product: bolt }`,
    )
    .join('\n');
  return `site: { id: works, name: Works, timeZone: Etc/UTC }
areas:
  - id: hall
    name: Hall
    lines:
${items}
products:
  - { id: bolt, name: Bolt, idealCycle: 1s }
shifts:
  - { id: day, name: Day, days: [mon, tue, wed, thu, fri, sat, sun], from: '06:00', to: '18:00' }
  - { id: night, name: Night, days: [mon, tue, wed, thu, fri, sat, sun], from: '18:00', to: '06:00' }
reasons:
  - { code: jam, name: Jam, loss: breakdown, failure: true }
`;
}

export function benchLines(lines: number): readonly string[] {
  return Array.from({ length: lines }, (_, index) => `press-${index + 1}`);
}
