export { compareCalls, useAndonEvents, type AndonEvents } from './andon.ts';
export { worstFreshness } from './freshness.ts';
export {
  useEquipmentWebSocket,
  useQualityWebSocket,
  useRealTimeProductionData,
  type EquipmentData,
  type ProductionData,
  type QualityData,
} from './line.ts';
export {
  useDashboardWebSocket,
  useProductionWebSocket,
  type Dashboard,
  type LineFigures,
  type LineOverview,
} from './site.ts';
export {
  useEnhancedWebSocket,
  useWebSocket,
  type EnhancedWebSocketHandle,
  type WebSocketHandle,
} from './web-socket.ts';
