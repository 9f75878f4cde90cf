import type { HubFigures, SessionCensus } from '@ms5/hub';
import type { EngineFigures } from '../../engine-port.ts';
import type { HistoryFigures } from '../../history/history-port.ts';
import type { PluginFigures } from '../../plugins/figures.ts';
import type { ProcessFigures, SystemHealthDocument } from '@ms5/wire/factory';

export type Connectors = SystemHealthDocument['connectors']['list'];

/** Everything that one look at the system finds. Counts are since the start. */
export interface Reading {
  readonly at: number;
  readonly process: ProcessFigures;
  readonly hub: HubFigures;
  readonly census: SessionCensus;
  /** `null`: none came yet. */
  readonly engine: EngineFigures | null;
  /** `null`: none is kept, or nothing was told yet. */
  readonly history: HistoryFigures | null;
  readonly connectors: Connectors;
  readonly plugins: readonly PluginFigures[];
  /** Tokens and logins refused over HTTP. */
  readonly refusedOverHttp: number;
}
