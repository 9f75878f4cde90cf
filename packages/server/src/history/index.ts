export { startHistory } from './thread/history-proxy.ts';
export type { HistoryPort } from './history-port.ts';
